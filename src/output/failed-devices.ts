import { groupedBy } from "../base/grouped-by.ts";
import { isRefusedAsExpected } from "../metrics/device-outcome.ts";
import type { DeviceRow } from "../metrics/device-row.ts";

/** The devices that one class of failure kept out, summed up. */
export interface FailedDevices {
  readonly errorClass: string;
  readonly count: number;
  /** One of them, and what it was told. */
  readonly registrationId: string;
  readonly error: string;
}

/** Given up for good, or never connected and not without a reason; whom the scenario wants kept out is no failure. */
const isKeptOut = (row: DeviceRow): boolean =>
  !isRefusedAsExpected(row) &&
  (row.state === "failed" || (!row.wasConnected && row.errorClass !== null));

/** What became of the devices that did not make it, most frequent class first: ten thousand of them are a few lines. */
export function failedDevices(rows: readonly DeviceRow[]): readonly FailedDevices[] {
  const classes = groupedBy(rows.filter(isKeptOut), (row) => row.errorClass ?? "unknown");
  return [...classes]
    .map(([errorClass, devices]) => ({
      errorClass,
      count: devices.length,
      registrationId: devices[0]?.registrationId ?? "",
      error: devices[0]?.error ?? "no further word",
    }))
    .toSorted((first, second) => second.count - first.count);
}
