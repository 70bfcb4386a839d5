import { readFile } from "node:fs/promises";
import { freemem } from "node:os";

import { checkOpenFiles } from "../../run/open-files.ts";
import type { Finding } from "../finding.ts";
import { fail, ofError, ok, warn } from "../finding.ts";

/** As `engines` in `package.json` has it. */
const NODE_MIN = [20, 19] as const;

/** The version of Node, such as `v20.20.2`. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = (/^v?(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number);
  const isEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  return isEnough
    ? ok("node", `Node ${version}`)
    : fail("node", `Node ${version}, expected ${NODE_MIN.join(".")} or newer`, "update Node.js");
}

/** A fleet's size, for what it asks of the machine. */
export interface FleetSize {
  readonly devices: number;
  readonly workers: number;
  readonly ownEmulator: boolean;
}

/** Whether each process may open as many sockets as it needs. */
export async function checkFiles(size: FleetSize): Promise<readonly Finding[]> {
  try {
    await checkOpenFiles(size);
    return [ok("limits", `open files suffice for ${size.devices} devices`)];
  } catch (error) {
    return ofError("limits", error);
  }
}

const PORT_RANGE = "/proc/sys/net/ipv4/ip_local_port_range";

/**
 * Whether there are local ports for all connections of the fleet to one address: a device has one at a time, and a
 * closed one keeps its port for a minute.
 *
 * @param rangeFile where the system tells them; Linux only
 */
export async function checkPorts(
  { devices }: Pick<FleetSize, "devices">,
  rangeFile = PORT_RANGE,
): Promise<readonly Finding[]> {
  let text: string;
  try {
    text = await readFile(rangeFile, "utf8");
  } catch {
    return [];
  }
  const [first = 0, last = 0] = text.trim().split(/\s+/).map(Number);
  const ports = last - first + 1;
  if (devices * 2 <= ports) return [ok("limits", `${ports} local ports for ${devices} devices`)];
  const what = `${ports} local ports (${first} to ${last}) for ${devices} devices, which take two each while they register`;
  const mend = "sysctl net.ipv4.ip_local_port_range='1024 65535', or run fewer devices a machine";
  return [devices <= ports ? warn("limits", what, mend) : fail("limits", what, mend)];
}

/** Rough, and rather too much: what a worker takes by itself, and with each device, an emulator's part included. */
const MIB_PER_WORKER = 150;
const MIB_PER_DEVICE = 0.3;

/** Whether the fleet fits into the memory that is free now. */
export function checkMemory(
  { devices, workers }: FleetSize,
  freeMiB: number = freemem() / 1_048_576,
): Finding {
  const needMiB = Math.ceil(workers * MIB_PER_WORKER + devices * MIB_PER_DEVICE);
  const what = `about ${needMiB} MiB for ${devices} devices in ${workers} workers, ${Math.floor(freeMiB)} MiB free`;
  return needMiB <= freeMiB
    ? ok("limits", what)
    : warn("limits", what, "run fewer devices, or on a machine with more memory");
}
