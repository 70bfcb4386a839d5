import { isRefusedAsExpected, isToBeAdmitted, isUnexpected, outcomeOf } from "./device-outcome.ts";
import type { DeviceRow } from "./device-row.ts";

/** Which devices each derived metric over devices counts, as the catalogue describes it. */
export const COUNTED_DEVICES = {
  devices_planned: () => true,
  devices_to_admit: isToBeAdmitted,
  devices_assigned: (row) => isToBeAdmitted(row) && row.wasAssigned,
  devices_connected: (row) => isToBeAdmitted(row) && row.wasConnected,
  devices_up: (row) => isToBeAdmitted(row) && row.isUp,
  devices_failed: (row) => row.state === "failed" && !isRefusedAsExpected(row),
  devices_refused: (row) => outcomeOf(row) === "refused",
  devices_unexpected: isUnexpected,
} as const satisfies Readonly<Record<string, (row: DeviceRow) => boolean>>;

export type DeviceMetric = keyof typeof COUNTED_DEVICES;

export const isDeviceMetric = (name: string): name is DeviceMetric =>
  Object.hasOwn(COUNTED_DEVICES, name);
