import { groupedBy } from "../base/grouped-by.ts";
import { isUnexpected, outcomeOf } from "../metrics/device-outcome.ts";
import type { DeviceRow } from "../metrics/device-row.ts";
import type { Summary, UnexpectedDevices } from "./summary.ts";

/** Of the devices that went the same way, so many are named. */
const NAMED = 5;

/** The devices that went another way than the scenario expects, those of one kind summed up. */
export function unexpectedDevices(rows: readonly DeviceRow[]): readonly UnexpectedDevices[] {
  const kinds = groupedBy(rows.filter(isUnexpected), (row) =>
    JSON.stringify([expectedOf(row), observedOf(row)]),
  );
  return [...kinds.values()].flatMap((devices) => {
    const [first] = devices;
    if (first === undefined) return [];
    return [
      {
        expected: expectedOf(first),
        observed: observedOf(first),
        count: devices.length,
        registrationIds: devices.slice(0, NAMED).map(({ registrationId }) => registrationId),
        error: first.error,
      },
    ];
  });
}

const expectedOf = ({ expectedRefusal }: DeviceRow): UnexpectedDevices["expected"] =>
  expectedRefusal ?? "admitted";

function observedOf(row: DeviceRow): UnexpectedDevices["observed"] {
  const outcome = outcomeOf(row);
  // A device without a reason gave up before it could name one.
  return outcome === "refused" ? (row.errorClass ?? "protocol") : outcome;
}

/** The devices that decide over a run: where no refusal is expected, thresholds judge those that failed. */
export const decidingDevices = ({ devices, unexpected }: Summary): Summary["unexpected"] =>
  devices.toBeRefused === 0 ? [] : unexpected;

/** How many devices were refused as the scenario expects. */
export const refusedAsExpected = ({ devices, unexpected }: Summary): number =>
  unexpected.reduce(
    (sum, { expected, count }) => sum - (expected === "admitted" ? 0 : count),
    devices.toBeRefused,
  );

/** `cave-1, cave-2 and 3 more`. */
export function namesOf({ registrationIds, count }: UnexpectedDevices): string {
  const more = count - registrationIds.length;
  return registrationIds.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** What was expected of them, in words: `to be let in`. */
export const expectedText = ({ expected }: UnexpectedDevices): string =>
  expected === "admitted" ? "to be let in" : `to be refused as ${expected}`;

/** What came instead, in words. */
export function observedOutcomeText({ observed, error }: UnexpectedDevices): string {
  if (observed === "admitted") return "let in";
  const why = error === null ? "" : ` (${error})`;
  return observed === "pending"
    ? `neither let in nor refused for good${why}`
    : `refused as ${observed}${why}`;
}

/** `2 devices expected to be refused as unauthorized, got let in: cave-1, cave-2`. */
export const unexpectedText = (devices: UnexpectedDevices): string =>
  `${devices.count === 1 ? "1 device" : `${devices.count} devices`} expected ${expectedText(devices)}, ` +
  `got ${observedOutcomeText(devices)}: ${namesOf(devices)}`;
