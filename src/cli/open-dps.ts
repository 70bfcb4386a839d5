import type { LogLevel } from "../base/log.ts";
import { createLogger } from "../base/log.ts";
import { readCaFile } from "../run/target.ts";
import { emulatorRoute, readEmulatorFile } from "../service/emulator-file.ts";
import type { Enrollments } from "../service/enrollments.ts";
import type { Pace } from "../service/pace.ts";
import type { Registrations } from "../service/registrations.ts";
import type { Host } from "./host.ts";
import { dpsAccess } from "./service-access.ts";
import type { ServiceFlags } from "./service-flags.ts";

/** What commands need of a DPS instance. */
export interface OpenDps {
  readonly enrollments: Enrollments;
  readonly registrations: Registrations;
  /** Host name of the DPS instance. */
  readonly host: string;
  /** For many calls: no faster than the instance lets them through. */
  pace(): Promise<Pace>;
  /** Closes idle connections; safe to call twice. */
  close(): void;
}

/** Where the DPS instance is, and what is logged. */
export type DpsFlags = ServiceFlags & {
  readonly dpsConnectionStringFile?: string | undefined;
  readonly logLevel: LogLevel;
};

/**
 * Opens the DPS instance that the command line or the environment names; the SDK is loaded now.
 *
 * @throws {FleetError} `USAGE` where neither names one, or the connection string is of another kind; `FILE_INVALID`
 */
export async function openDps(
  flags: DpsFlags,
  host: Pick<Host, "cwd" | "env" | "stderr">,
  signal: AbortSignal,
): Promise<OpenDps> {
  const access = await dpsAccess(flags, host);
  const [{ openProvisioningClient }, { enrollmentsOf }, { registrationsOf }] = await Promise.all([
    import("../service/provisioning-client.ts"),
    import("../service/enrollments.ts"),
    import("../service/registrations.ts"),
  ]);
  const destination = { write: (line: string) => void host.stderr.write(line) };
  const log = createLogger({ level: flags.logLevel, destination }).child({ component: "dps" });
  const opened = await openProvisioningClient(access);
  log.debug({ host: opened.host }, "calling the service");
  const options = {
    signal,
    onThrottled: (waitMs: number) => {
      const seconds = Math.max(1, Math.round(waitMs / 1_000));
      host.stderr.write(`${opened.host} throttles: next try in ${seconds} s\n`);
    },
  };
  return {
    enrollments: enrollmentsOf(opened, options),
    registrations: registrationsOf(opened, options),
    host: opened.host,
    pace: async () => {
      const { dpsPace } = await import("../service/dps-pace.ts");
      return dpsPace(await isThrottled(flags, host, signal));
    },
    close: opened.close,
  };
}

/** Azure always does; an emulator tells. */
async function isThrottled(
  { emulator }: DpsFlags,
  { cwd }: Pick<Host, "cwd">,
  signal: AbortSignal,
): Promise<boolean> {
  if (emulator === undefined) return true;
  const { emulatorThrottlingReader } = await import("../service/throttling-state.ts");
  const info = await readEmulatorFile(emulator, cwd);
  const { adminUrl, adminToken } = info;
  const route = emulatorRoute(info, await readCaFile(info.caFile));
  const { dps } = await emulatorThrottlingReader({ adminUrl, adminToken, route })(signal);
  return dps.serviceOperationsPerMinute !== null;
}
