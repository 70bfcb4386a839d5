import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A line of /proc/locks: `1: POSIX  ADVISORY  WRITE 4711 fd:01:1234567 0 EOF` (proc_locks(5)). */
const LOCK_LINE = /^\d+: \S+ +\S+ +WRITE +(\d+) +[0-9a-f]+:[0-9a-f]+:(\d+) /gm;

/**
 * The process that has locked a database of LevelDB.
 *
 * @returns undefined where the system does not tell; only Linux does
 */
export function lockHolder(store: string): number | undefined {
  try {
    const { ino } = statSync(join(store, "LOCK"));
    for (const [, pid, inode] of readFileSync("/proc/locks", "utf8").matchAll(LOCK_LINE))
      if (Number(inode) === ino) return Number(pid);
  } catch {
    // No such file, or not for us: then nobody knows.
  }
  return undefined;
}
