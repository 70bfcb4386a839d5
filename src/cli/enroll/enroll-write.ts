import type { z } from "zod";

import { enrollmentText } from "../../service/enrollment-document.ts";
import type { Written } from "../../service/write-enrollment.ts";
import type { Host } from "../host.ts";
import { openDps } from "../open-dps.ts";
import { untilStopped } from "../until-stopped.ts";
import type { deviceFlags, groupFlags, SettingsFlags } from "./enroll-flags.ts";
import { checkKeyFile, writeKeyFile } from "./write-key.ts";

/** `enroll group`: creates a group, or changes what the flags name. */
export async function enrollGroup(flags: z.output<typeof groupFlags>, host: Host): Promise<void> {
  const { groupCertificate } = await import("./enroll-certificate.ts");
  const certificateOf = (file: string): string => groupCertificate(file, host);
  await write("group", flags, host, certificateOf);
}

/** `enroll device`: the same for an individual enrollment. */
export async function enrollDevice(flags: z.output<typeof deviceFlags>, host: Host): Promise<void> {
  const { deviceCertificate } = await import("./enroll-certificate.ts");
  const certificateOf = (file: string): string => deviceCertificate(file, flags.name, host);
  await write("individual", flags, host, certificateOf);
}

const TOLD: Readonly<Record<Written["done"], string>> = {
  created: "created",
  changed: "changed",
  unchanged: "is as asked already",
  kept: "is there already, nothing was changed",
};

async function write(
  kind: "group" | "individual",
  flags: SettingsFlags,
  host: Host,
  certificateOf: (file: string) => string,
): Promise<void> {
  const [{ givenSettings }, { writeEnrollment }, { enrollmentSummary }] = await Promise.all([
    import("./given-settings.ts"),
    import("../../service/write-enrollment.ts"),
    import("../../service/enrollment-summary.ts"),
  ]);
  const { name: id, ifMissing, ifMatch } = flags;
  const settings = await givenSettings(flags, host, certificateOf);
  checkKeyFile(flags, host);
  await untilStopped(host, async (stop) => {
    const dps = await openDps(flags, host, stop);
    try {
      const options = { ifMissing, ifMatch };
      const written = await writeEnrollment(dps.enrollments, { kind, id }, settings, options);
      const { done, enrollment, differs } = written;
      if (differs.length > 0)
        host.stderr.write(
          `warning: ${enrollmentText(enrollment)} differs from what was asked: ${differs.join(", ")}\n`,
        );
      const shown = { done, differs, ...enrollmentSummary(enrollment) };
      host.stdout.write(
        flags.json
          ? `${JSON.stringify(shown)}\n`
          : `${enrollmentText(enrollment)}: ${TOLD[done]}\n`,
      );
      await writeKeyFile(dps.enrollments, enrollment, flags, host);
    } finally {
      dps.close();
    }
  });
}
