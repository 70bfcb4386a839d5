import { createLogger } from "../../base/log.ts";
import { readCaFile } from "../../run/target.ts";
import type { CaCertificate } from "../../service/ca-certificates.ts";
import type { CertificateUses } from "../../service/certificate-uses.ts";
import { readEmulatorFile } from "../../service/emulator-file.ts";
import type { Host } from "../host.ts";
import type { DpsFlags } from "../open-dps.ts";
import { openDps } from "../open-dps.ts";

/**
 * What holds which certificate in the DPS instance that the command line names.
 *
 * @throws {FleetError} `USAGE`, `FILE_INVALID`, `REFUSED`, `UNREACHABLE`
 */
export async function enrolledUses(
  flags: DpsFlags,
  host: Host,
  signal: AbortSignal,
): Promise<CertificateUses> {
  const { certificateUses } = await import("../../service/certificate-uses.ts");
  const dps = await openDps(flags, host, signal);
  try {
    return await certificateUses(dps.enrollments, await caCertificatesOf(flags, host));
  } finally {
    dps.close();
  }
}

/** Those of Azure take the rights of a subscription, which a connection string does not give. */
async function caCertificatesOf(
  { emulator, logLevel }: DpsFlags,
  host: Pick<Host, "cwd" | "stderr">,
): Promise<readonly CaCertificate[]> {
  if (emulator === undefined) return [];
  const [{ openManagement }, { caCertificates }] = await Promise.all([
    import("../../service/management.ts"),
    import("../../service/ca-certificates.ts"),
  ]);
  const info = await readEmulatorFile(emulator, host.cwd);
  const destination = { write: (line: string) => void host.stderr.write(line) };
  const management = openManagement(info, {
    caPem: await readCaFile(info.caFile),
    log: createLogger({ level: logLevel, destination }),
  });
  try {
    return await caCertificates(management).list();
  } finally {
    management.close();
  }
}
