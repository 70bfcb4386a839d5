import { FleetError } from "../base/errors.ts";
import { LINUX_FILES, machineLimits } from "./forecast/machine-limits.ts";

/** What a process needs beside a socket for each device: packages, logs, IPC, service connections. */
const OTHER_FILES = 100;

/** What decides how many files are open. */
export interface OpenFilesFleet {
  readonly devices: number;
  readonly workers: number;
  readonly ownEmulator: boolean;
}

/** Files of the process that needs the most: the emulator that the run starts, else a worker. */
export function openFilesNeeded({ devices, workers, ownEmulator }: OpenFilesFleet): number {
  return (ownEmulator ? devices : Math.ceil(devices / workers)) + OTHER_FILES;
}

/**
 * Refuses a fleet that needs more sockets than a process may open: past the limit every connection and every file
 * fails, and the reason would be hard to see.
 *
 * @param limitsFile where the system tells the hard limit, to which Node raises the soft one; Linux only
 * @throws {FleetError} `USAGE`
 */
export async function checkOpenFiles(
  fleet: OpenFilesFleet,
  limitsFile: string = LINUX_FILES.limits,
): Promise<void> {
  const { openFiles: limit } = await machineLimits({ ...LINUX_FILES, limits: limitsFile });
  if (limit === undefined) return;
  const most = openFilesNeeded(fleet);
  if (most <= limit) return;
  const where = fleet.ownEmulator ? "the emulator" : "a worker";
  throw new FleetError("USAGE", "the fleet is too large for this machine's limits", {
    problems: [
      {
        place: "open files",
        message: `${where} needs ${most} for ${fleet.devices} devices, a process may have ${limit}`,
      },
    ],
    hint: fleet.ownEmulator
      ? "raise the hard limit (ulimit -Hn), or run fewer devices"
      : "raise the hard limit (ulimit -Hn), or run more --workers",
  });
}
