import { statSync } from "node:fs";
import { sep } from "node:path";

/**
 * The mode of a file that others than its owner can read or write, as `0644`; undefined where there is none, or it cannot
 * be told: Windows has no modes, and Node shows every file there as open to all. Never throws.
 */
export function modeOpenToOthers(file: string): string | undefined {
  if (sep === "\\") return undefined;
  try {
    const mode = statSync(file).mode & 0o777;
    return (mode & 0o077) === 0 ? undefined : mode.toString(8).padStart(4, "0");
  } catch {
    return undefined;
  }
}
