import { FleetError } from "../base/errors.ts";
import { isRefusedAsExpected } from "../metrics/device-outcome.ts";
import type { DeviceRow } from "../metrics/device-row.ts";

/** As many reasons are told, the most common first. */
const REASONS_TOLD = 5;

/** Why not one device got through the first door, by the devices' own words. */
export function nothingProvisioned(rows: readonly DeviceRow[], asksDps: boolean): FleetError {
  const [text, check] = asksDps
    ? [
        "not one device was assigned to a hub",
        "check the ID scope, the enrollment group and what devices show it: CA or key",
      ]
    : ["not one device was let in by its hub", "check the connection strings"];
  const counts = new Map<string, number>();
  let refused: string | undefined;
  for (const row of rows) {
    const { registrationId, errorClass, error } = row;
    if (errorClass === null || isRefusedAsExpected(row)) continue;
    if (errorClass === "unauthorized") refused ??= registrationId;
    const reason = `${errorClass}: ${error ?? "no further word"}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const problems = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, REASONS_TOLD)
    .map(([message, count]) => ({ place: count === 1 ? "1 device" : `${count} devices`, message }));
  return new FleetError("NOTHING_PROVISIONED", text, {
    problems,
    hint:
      problems.length === 0
        ? "the run ended before the first answer: give it a longer --duration"
        : refused === undefined
          ? check
          : `what was refused, and why: dps-fleet doctor explain ${refused}`,
  });
}
