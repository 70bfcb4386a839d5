import type { DeviceConnectionString } from "../base/connection-string.ts";
import { parseDeviceConnectionString } from "../base/connection-string.ts";
import type { Problem } from "../base/errors.ts";

/** A device's connection string, and the line that it stands in. */
export interface ConnectionStringLine extends DeviceConnectionString {
  /** File and line, as messages show them. */
  readonly place: string;
}

/**
 * Reads a file with the connection string of one device in each line; empty lines and those that begin with `#` are
 * passed over. Never throws; no problem shows a value.
 *
 * @param source the file's name, as messages show it
 */
export function parseConnectionStringFile(
  text: string,
  source: string,
): { readonly lines: readonly ConnectionStringLine[]; readonly problems: readonly Problem[] } {
  const lines: ConnectionStringLine[] = [];
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const [index, written] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const line = written.trim();
    if (line === "" || line.startsWith("#")) continue;
    const place = `${source}:${index + 1}`;
    const parsed = parseDeviceConnectionString(line);
    if ("problem" in parsed) {
      const hint = "portal: the IoT Hub, Devices, the device, Primary connection string";
      problems.push({ place, message: parsed.problem, hint });
      continue;
    }
    const other = seen.get(parsed.deviceId);
    if (other !== undefined) {
      const message = `expected each device once, got "${parsed.deviceId}" again, as in ${other}`;
      problems.push({ place, message });
    }
    seen.set(parsed.deviceId, place);
    lines.push({ ...parsed, place });
  }
  if (lines.length === 0 && problems.length === 0) {
    problems.push({
      place: source,
      message: "expected the connection string of a device in each line, got none",
    });
  }
  return { lines, problems };
}
