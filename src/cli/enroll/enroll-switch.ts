import type { z } from "zod";

import { enrollmentText } from "../../service/enrollment-document.ts";
import { confirmOnTerminal } from "../confirm.ts";
import type { Host } from "../host.ts";
import { openDps } from "../open-dps.ts";
import { untilStopped } from "../until-stopped.ts";
import type { deleteFlags, switchFlags } from "./enroll-flags.ts";

/** `enroll enable` and `enroll disable`. */
export async function switchEnrollment(
  enabled: boolean,
  flags: z.output<typeof switchFlags>,
  host: Host,
): Promise<void> {
  const [{ enrollmentNamed }, { setEnabled }] = await Promise.all([
    import("../../service/find-enrollment.ts"),
    import("../../service/write-enrollment.ts"),
  ]);
  const { name, kind, ifMatch, json } = flags;
  await untilStopped(host, async (stop) => {
    const dps = await openDps(flags, host, stop);
    try {
      const found = await enrollmentNamed(dps.enrollments, name, kind);
      const changed = await setEnabled(dps.enrollments, found, { enabled, ifMatch });
      const status = enabled ? "enabled" : "disabled";
      const told = changed ? status : `is ${status} already`;
      host.stdout.write(
        json
          ? `${JSON.stringify({ kind: found.kind, id: found.id, status, changed })}\n`
          : `${enrollmentText(found)}: ${told}\n`,
      );
    } finally {
      dps.close();
    }
  });
}

/** `enroll delete`: asks on a terminal. */
export async function deleteEnrollment(
  flags: z.output<typeof deleteFlags>,
  host: Host,
): Promise<void> {
  const { enrollmentNamed } = await import("../../service/find-enrollment.ts");
  const { name, kind, ifMatch, json, yes } = flags;
  await untilStopped(host, async (stop) => {
    const dps = await openDps(flags, host, stop);
    try {
      const found = await enrollmentNamed(dps.enrollments, name, kind);
      const shutsOut =
        found.kind === "individual" && found.document.provisioningStatus === "disabled";
      if (shutsOut)
        host.stderr.write(
          `warning: ${found.id} is shut out by this entry; without it, it may come back through a group\n`,
        );
      const question = `Delete ${enrollmentText(found)} at ${dps.host}?`;
      await confirmOnTerminal(host, stop, { yes, question });
      // Not one that somebody changed since it was looked at; one that is gone by now is what was wanted.
      await dps.enrollments.delete(found, ifMatch ?? found.document.etag ?? undefined);
      host.stdout.write(
        json
          ? `${JSON.stringify({ kind: found.kind, id: found.id, deleted: true })}\n`
          : `${enrollmentText(found)}: deleted; registration records and hub identities of its devices stay\n`,
      );
    } finally {
      dps.close();
    }
  });
}
