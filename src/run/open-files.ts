import { readFile } from "node:fs/promises";

import { FleetError } from "../base/errors.ts";

/** What a process needs beside a socket for each device: packages, logs, IPC, service connections. */
const OTHER_FILES = 100;

/** The hard limit of open files, to which Node raises the soft one; undefined where the system does not tell. */
async function openFilesLimit(limitsFile: string): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(limitsFile, "utf8");
  } catch {
    return undefined;
  }
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(text)?.[1];
  return hard === undefined ? undefined : Number(hard);
}

/**
 * Refuses a fleet that needs more sockets than a process may open: past the limit every connection and every file
 * fails, and the reason would be hard to see.
 *
 * @param limitsFile where the system tells its limits; Linux only
 * @throws {FleetError} `USAGE`
 */
export async function checkOpenFiles(
  fleet: { readonly devices: number; readonly workers: number; readonly ownEmulator: boolean },
  limitsFile = "/proc/self/limits",
): Promise<void> {
  const limit = await openFilesLimit(limitsFile);
  if (limit === undefined) return;
  const perWorker = Math.ceil(fleet.devices / fleet.workers);
  const most = (fleet.ownEmulator ? fleet.devices : perWorker) + OTHER_FILES;
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
