import { readFile } from "node:fs/promises";

/** What this machine has; undefined where the system does not tell, as none but Linux does. */
export interface MachineLimits {
  readonly openFiles: number | undefined;
  /** Ports that the system gives to outgoing connections. */
  readonly ports: number | undefined;
  /** Memory that can be had without swapping, in bytes. */
  readonly memoryBytes: number | undefined;
}

/** Where Linux tells. */
export const LINUX_FILES = {
  limits: "/proc/self/limits",
  ports: "/proc/sys/net/ipv4/ip_local_port_range",
  memory: "/proc/meminfo",
} as const;

/** Reads what the system tells of itself. Never throws. */
export async function machineLimits(
  files: Readonly<Record<keyof typeof LINUX_FILES, string>> = LINUX_FILES,
): Promise<MachineLimits> {
  const [limits, ports, memory] = await Promise.all(
    [files.limits, files.ports, files.memory].map(textOf),
  );
  return {
    openFiles: numberIn(limits, /^Max open files\s+\S+\s+(\d+)/m),
    ports: portsIn(ports),
    memoryBytes: kib(numberIn(memory, /^MemAvailable:\s+(\d+) kB/m)),
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return "";
  }
}

function numberIn(text: string | undefined, pattern: RegExp): number | undefined {
  const digits = pattern.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** First and last port of the range. */
function portsIn(text: string | undefined): number | undefined {
  const [, first, last] = /^(\d+)\s+(\d+)/.exec(text ?? "") ?? [];
  return first === undefined || last === undefined ? undefined : Number(last) - Number(first) + 1;
}

const kib = (count: number | undefined): number | undefined =>
  count === undefined ? undefined : count * 1_024;
