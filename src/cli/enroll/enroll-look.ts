import type { z } from "zod";

import type { Host } from "../host.ts";
import { openDps } from "../open-dps.ts";
import { untilStopped } from "../until-stopped.ts";
import type { listFlags, showFlags } from "./enroll-flags.ts";
import { enrollmentTable, enrollmentText } from "./enroll-text.ts";
import { checkKeyFile, writeKeyFile } from "./write-key.ts";

/** `enroll list`: all enrollments, groups first. */
export async function listEnrollments(
  flags: z.output<typeof listFlags>,
  host: Host,
): Promise<void> {
  const { enrollmentSummary } = await import("../../service/enrollment-summary.ts");
  await untilStopped(host, async (stop) => {
    const dps = await openDps(flags, host, stop);
    try {
      const all = [];
      for (const kind of flags.kind === undefined
        ? (["group", "individual"] as const)
        : [flags.kind])
        for await (const page of dps.enrollments.list(kind))
          all.push(...page.map(enrollmentSummary));
      if (flags.json) host.stdout.write(`${JSON.stringify(all)}\n`);
      else if (all.length === 0) host.stderr.write(`${dps.host} has no enrollments\n`);
      else host.stdout.write(enrollmentTable(all));
    } finally {
      dps.close();
    }
  });
}

/** `enroll show`: the enrollments of a name, a group and an individual one may have the same. */
export async function showEnrollment(flags: z.output<typeof showFlags>, host: Host): Promise<void> {
  const [{ enrollmentSummary }, { enrollmentNamed, enrollmentsNamed }, { countRegistrations }] =
    await Promise.all([
      import("../../service/enrollment-summary.ts"),
      import("../../service/find-enrollment.ts"),
      import("../../service/registration-counts.ts"),
    ]);
  checkKeyFile(flags, host);
  await untilStopped(host, async (stop) => {
    const dps = await openDps(flags, host, stop);
    try {
      const { name, kind, writeKey } = flags;
      const found =
        writeKey === undefined
          ? await enrollmentsNamed(dps.enrollments, name, kind)
          : [await enrollmentNamed(dps.enrollments, name, kind)];
      const shown = [];
      for (const enrollment of found) {
        const registrations = await countRegistrations(dps.registrations, enrollment);
        shown.push({ ...enrollmentSummary(enrollment), registrations });
      }
      host.stdout.write(
        flags.json
          ? `${JSON.stringify(shown)}\n`
          : shown.map((one) => enrollmentText(one, one.registrations)).join("\n"),
      );
      for (const enrollment of found) await writeKeyFile(dps.enrollments, enrollment, flags, host);
    } finally {
      dps.close();
    }
  });
}
