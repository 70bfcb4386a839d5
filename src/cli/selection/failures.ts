import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import { plural } from "../../output/terminal-text.ts";
import { printable } from "../../output/text-width.ts";
import { RefusedCall } from "../../service/service-error.ts";

/** A device for which it failed. */
export interface DeviceFailure {
  readonly deviceId: string;
  readonly error: FleetError;
}

/** Of each cause so many devices are named. */
const NAMED_MAX = 10;

/** What failures have in common: Azure's number and name, or the message without the device in it. */
export function causeOf({ deviceId, error }: DeviceFailure): string {
  if (error instanceof RefusedCall) {
    const { status, code } = error.refusal;
    return code === undefined ? String(status) : `${status} ${code}`;
  }
  const words = error.message.split(" ");
  return words.map((word) => (word === deviceId ? "the device" : word)).join(" ");
}

/** `a, b, c and 7 more`. */
export function someIds(ids: readonly string[]): string {
  const named = ids.slice(0, NAMED_MAX).map(printable).join(", ");
  const more = ids.length - NAMED_MAX;
  return more > 0 ? `${named} and ${more} more` : named;
}

/**
 * Many failures as one, by cause, the most frequent first; one alone stays what it is. Pure.
 *
 * @param what such as `3 of 30 devices could not be patched` takes: `patched`
 */
export function failuresError(
  failures: readonly DeviceFailure[],
  { total, done }: { readonly total: number; readonly done: string },
): FleetError {
  const [first] = failures;
  if (first !== undefined && total === 1) return alone(first);
  const byCause = new Map<string, DeviceFailure[]>();
  for (const failure of failures) {
    const cause = causeOf(failure);
    byCause.set(cause, [...(byCause.get(cause) ?? []), failure]);
  }
  const problems = [...byCause]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([cause, some]): Problem => ({
      place: cause,
      message: `${plural(some.length, "device")}: ${someIds(some.map(({ deviceId }) => deviceId))}`,
      hint: some[0]?.error.hint,
    }));
  // Somebody may mend what was refused; an unreachable service is told only where nothing else is.
  const isReached = failures.some(({ error }) => error.code !== "UNREACHABLE");
  return new FleetError(
    isReached ? "REFUSED" : "UNREACHABLE",
    `${failures.length} of ${plural(total, "device")} could not be ${done}`,
    { problems },
  );
}

/** The message of a device that was not found leaves its id out. */
function alone({ deviceId, error }: DeviceFailure): FleetError {
  if (error.message.includes(deviceId)) return error;
  const { hint, problems, cause } = error;
  return new FleetError(error.code, `${deviceId}: ${error.message}`, { hint, problems, cause });
}
