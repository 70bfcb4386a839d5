import type { MissedDevice, TwinStraggler } from "./twin-summary.ts";

/** As many devices of one kind are listed by name. */
export const DEVICES_LISTED = 20;

/** The worst first. */
const WHY: readonly TwinStraggler["why"][] = [
  "refused",
  "otherValue",
  "notAcknowledged",
  "notReceived",
  "notPatched",
  "late",
];

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** An order of stragglers that the parts of a fleet agree on: the first of all are among the first of each. */
export const byWorstStraggler = (a: TwinStraggler, b: TwinStraggler): number =>
  WHY.indexOf(a.why) - WHY.indexOf(b.why) ||
  (b.ms ?? 0) - (a.ms ?? 0) ||
  byName(a.registrationId, b.registrationId);

/** The same for devices that were never told versions. */
export const byMostMissed = (a: MissedDevice, b: MissedDevice): number =>
  b.versions - a.versions || byName(a.registrationId, b.registrationId);
