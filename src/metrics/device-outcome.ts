import type { DeviceRow } from "./device-row.ts";

/** What became of a device at its first door: DPS, or its hub where it brought one along. */
export type DeviceOutcome = "admitted" | "refused" | "pending";

/** What an outcome depends on. */
export type OutcomeFacts = Pick<
  DeviceRow,
  "registrationMs" | "wasConnected" | "state" | "errorClass" | "expectedRefusal"
>;

/** `refused`: it gave up for good before it was let in, whatever the reason; `pending`: neither, to the end. */
export function outcomeOf({ registrationMs, wasConnected, state }: OutcomeFacts): DeviceOutcome {
  // Only DPS gives a time of registration: a device that brought its hub along has that hub from the start.
  if (registrationMs !== null || wasConnected) return "admitted";
  return state === "failed" ? "refused" : "pending";
}

/** Whether the scenario lets this device in; all others must be refused. */
export const isToBeAdmitted = ({
  expectedRefusal,
}: {
  readonly expectedRefusal?: unknown;
}): boolean => expectedRefusal === undefined;

/** Whether the device was refused for good, and that with the class that the scenario expects. */
export const isRefusedAsExpected = (row: OutcomeFacts): boolean =>
  row.expectedRefusal !== undefined &&
  outcomeOf(row) === "refused" &&
  row.errorClass === row.expectedRefusal;

/**
 * Whether the device went another way than the scenario expects: refused though it is to be let in; let in, refused with
 * another class, or not refused to the end though it is to be refused.
 */
export const isUnexpected = (row: OutcomeFacts): boolean =>
  isToBeAdmitted(row) ? outcomeOf(row) === "refused" : !isRefusedAsExpected(row);
