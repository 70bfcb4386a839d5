import { readFileSync } from "node:fs";

/** The version of dps-fleet, as its package says; `0` where no package is around. */
export function productVersion(): string {
  // From dist/src/base, and from src/base.
  for (const path of ["../../../package.json", "../../package.json"])
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
      if (typeof parsed !== "object" || parsed === null) continue;
      const { name, version }: { name?: unknown; version?: unknown } = parsed;
      if (name === "dps-fleet" && typeof version === "string") return version;
    } catch {
      // Not there: the other one.
    }
  return "0";
}
