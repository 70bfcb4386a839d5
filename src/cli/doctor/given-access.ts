import { createLogger } from "../../base/log.ts";
import type { LogLevel } from "../../base/log.ts";
import { readCaFile } from "../../run/target.ts";
import type { CaCertificates } from "../../service/ca-certificates.ts";
import { readEmulatorFile } from "../../service/emulator-file.ts";
import type { ServiceAccess } from "../../service/service-access.ts";
import type { Host } from "../host.ts";
import { dpsAccess, hubAccess } from "../service-access.ts";
import type { ServiceFlags } from "../service-flags.ts";

type Flags = ServiceFlags & {
  readonly dpsConnectionStringFile?: string | undefined;
  readonly hubConnectionStringFile?: string | undefined;
  readonly logLevel: LogLevel;
};

/** Access to a DPS instance, and to its CA certificates where these can be read. */
export interface GivenDps {
  readonly access: ServiceAccess;
  readonly cas: CaCertificates | undefined;
}

/**
 * What the command line or the environment names; undefined where neither does, which is no mistake here.
 *
 * @throws {FleetError} `USAGE` where a connection string is of another kind; `FILE_INVALID`
 */
export async function givenDps(flags: Flags, host: Host): Promise<GivenDps | undefined> {
  const { emulator, dpsConnectionStringFile } = flags;
  const named = emulator ?? dpsConnectionStringFile ?? host.env["DPS_CONNECTION_STRING"];
  if (!named) return undefined;
  return { access: await dpsAccess(flags, host), cas: await emulatedCas(flags, host) };
}

/** Every hub that is named; none where there is none. @throws as {@link givenDps} */
export async function givenHubs(flags: Flags, host: Host): Promise<readonly ServiceAccess[]> {
  const { emulator, hubConnectionStringFile } = flags;
  const named = emulator ?? hubConnectionStringFile ?? host.env["IOTHUB_CONNECTION_STRING"];
  return named ? hubAccess(flags, host) : [];
}

/** Of Azure they are read with the rights of a subscription, which a connection string does not give. */
async function emulatedCas(
  { emulator, logLevel }: Flags,
  host: Host,
): Promise<CaCertificates | undefined> {
  if (emulator === undefined) return undefined;
  const [{ openManagement }, { caCertificates }] = await Promise.all([
    import("../../service/management.ts"),
    import("../../service/ca-certificates.ts"),
  ]);
  const info = await readEmulatorFile(emulator, host.cwd);
  const destination = { write: (line: string) => void host.stderr.write(line) };
  const log = createLogger({ level: logLevel, destination });
  return caCertificates(openManagement(info, { caPem: await readCaFile(info.caFile), log }));
}
