import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import { plural } from "../../output/terminal-text.ts";
import { printable } from "../../output/text-width.ts";
import { failuresByCause } from "../../service/call-failures.ts";

/** A device for which it failed. */
export interface DeviceFailure {
  readonly deviceId: string;
  readonly error: FleetError;
}

/** Of each cause so many devices are named. */
const NAMED_MAX = 10;

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
  const named = failures.map(({ deviceId, error }) => ({ name: deviceId, error }));
  const problems = failuresByCause(named).map(({ cause, names, hint }): Problem => ({
    place: cause,
    message: `${plural(names.length, "device")}: ${someIds(names)}`,
    hint,
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
