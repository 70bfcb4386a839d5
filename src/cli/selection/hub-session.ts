import { resolve } from "node:path";

import { FleetError } from "../../base/errors.ts";
import { createLogger } from "../../base/log.ts";
import { readCaFile } from "../../run/target.ts";
import { emulatorRoute, readEmulatorFile } from "../../service/emulator-file.ts";
import type { HubRates } from "../../service/hub-rates.ts";
import { emulatedRates, tierRates } from "../../service/hub-rates.ts";
import type { PacedHub } from "../../service/paced-hub.ts";
import { openPacedHub } from "../../service/paced-hub.ts";
import type { ServiceAccess } from "../../service/service-access.ts";
import { hostOf } from "../../service/service-access.ts";
import { emulatorThrottlingReader } from "../../service/throttling-state.ts";
import type { Host } from "../host.ts";
import { hubAccess } from "../service-access.ts";
import { untilStopped } from "../until-stopped.ts";
import type { HubFlags } from "./selection-flags.ts";

/** What a command that calls hubs works with. */
export interface HubSession {
  /** Those that are meant, in the order of the emulator; never none. */
  readonly hubs: readonly PacedHub[];
  /** Aborted by Ctrl-C, with an `INTERRUPTED` error as its reason. */
  readonly signal: AbortSignal;
}

/**
 * Opens the hubs that the command line names, for as long as `work` takes.
 *
 * @throws {FleetError} `USAGE`, `FILE_INVALID`, `UNREACHABLE`, `REFUSED`; `INTERRUPTED`; whatever `work` throws
 */
export async function withHubs<T>(
  flags: HubFlags,
  host: Host,
  work: (session: HubSession) => Promise<T>,
): Promise<T> {
  const hubs: PacedHub[] = [];
  const destination = { write: (line: string) => void host.stderr.write(line) };
  const log = createLogger({ level: flags.logLevel, destination });
  try {
    return await untilStopped(host, async (signal) => {
      const accesses = meant(await hubAccess(flags, host), flags.hub);
      const ratesOf = await hubRates(flags, host, signal);
      for (const access of accesses) {
        const hub = hostOf(access, "hub");
        const perS = ratesOf(hub);
        log.debug({ component: "hubs", hub, perS }, "calls of a hub are paced");
        hubs.push(await openPacedHub(access, perS));
      }
      signal.throwIfAborted();
      return work({ hubs, signal });
    });
  } finally {
    for (const hub of hubs) hub.close();
  }
}

/** @throws {FleetError} `USAGE` where `--hub` names none of them */
function meant(
  accesses: readonly ServiceAccess[],
  hub: string | undefined,
): readonly ServiceAccess[] {
  if (hub === undefined) return accesses;
  const hosts = accesses.map((access) => hostOf(access, "hub"));
  const wanted = hub.toLowerCase();
  const found = accesses.filter((_access, at) => {
    const name = hosts[at]?.toLowerCase() ?? "";
    return name === wanted || name.split(".")[0] === wanted;
  });
  if (found.length > 0) return found;
  throw new FleetError("USAGE", "the command line is wrong", {
    problems: [{ place: "--hub", message: `expected one of ${hosts.join(", ")}, got "${hub}"` }],
  });
}

/** What the tier of the command line lets through, or else the emulator, or else the least that Azure has. */
async function hubRates(
  { tier, units = 1, emulator, ca }: HubFlags,
  { cwd }: Pick<Host, "cwd">,
  signal: AbortSignal,
): Promise<(host: string) => HubRates> {
  if (tier !== undefined || emulator === undefined) {
    const rates = tierRates(tier ?? "S1", units);
    return () => rates;
  }
  const info = await readEmulatorFile(emulator, cwd);
  const caPem = await readCaFile(ca === undefined ? info.caFile : resolve(cwd, ca));
  const read = emulatorThrottlingReader({ ...info, route: emulatorRoute(info, caPem) });
  const state = await read(signal);
  return (host) => emulatedRates(state, host);
}
