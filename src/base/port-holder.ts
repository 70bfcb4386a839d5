import { readdir, readFile, readlink } from "node:fs/promises";

/** A program that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** As the kernel calls it. */
  readonly name: string;
}

/** The state LISTEN in /proc/net/tcp (Linux, include/net/tcp_states.h). */
const LISTEN = "0A";

/**
 * Who listens on a TCP port of this machine, on any address: on Linux, among the processes of this user; undefined where
 * that cannot be known. Never throws.
 */
export async function portHolder(port: number): Promise<PortHolder | undefined> {
  try {
    const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(textOf));
    const sockets = new Set(tables.flatMap((table) => listeningOn(table, port)));
    if (sockets.size === 0) return undefined;
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const holders = await Promise.all(
      pids.map(async (pid) => ((await holdsOneOf(pid, sockets)) ? pid : undefined)),
    );
    const pid = holders.find((one) => one !== undefined);
    if (pid === undefined) return undefined;
    return { pid: Number(pid), name: (await textOf(`/proc/${pid}/comm`)).trim() || "a program" };
  } catch {
    // No such folder: not Linux.
    return undefined;
  }
}

/** The sockets (`socket:[inode]`) that listen on `port`, in a table as /proc/net/tcp has it. */
export function listeningOn(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTEN && local.endsWith(`:${wanted}`) ? [`socket:[${inode}]`] : [];
  });
}

async function holdsOneOf(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  // Of other users it cannot be read, and a process may end meanwhile.
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((fd) => readlink(`${folder}/${fd}`).catch(() => "")));
  return targets.some((target) => sockets.has(target));
}

const textOf = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");
