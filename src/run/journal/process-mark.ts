import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

import { sleep } from "../../base/retry.ts";
import type { ProcessMark } from "./journal-line.ts";

/** Between two looks at a process that is to leave, in ms. */
const LOOK_MS = 100;

/**
 * A process with the moment of its start, which no other process of that number has, not after a reboot either.
 *
 * @returns undefined where there is no such process
 */
export async function markOf(pid: number): Promise<ProcessMark | undefined> {
  const started = (await startedOnLinux(pid)) ?? (await startedByPs(pid));
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process is still there. */
export async function isAlive({ pid, started }: ProcessMark): Promise<boolean> {
  return (await markOf(pid))?.started === started;
}

/** Waits for the end of a process. @returns whether it came within `limitMs` */
export async function endsWithin(
  mark: ProcessMark,
  limitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (let waitedMs = 0; await isAlive(mark); waitedMs += LOOK_MS) {
    if (waitedMs >= limitMs) return false;
    await sleep(LOOK_MS, signal);
  }
  return true;
}

/** Source: proc(5): the state is field 3, the start in clock ticks since boot field 22; a zombie has ended. */
async function startedOnLinux(pid: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
      readFile(`/proc/${pid}/stat`, "utf8"),
    ]);
    // The name before it, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : `${boot.trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Elsewhere POSIX's ps tells the moment of the start; a process that is gone has no line. */
function startedByPs(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("ps", ["-o", "lstart=", "-p", String(pid)], (error, stdout) => {
      const text = stdout.trim();
      resolve(error !== null || text === "" ? undefined : text);
    });
  });
}
