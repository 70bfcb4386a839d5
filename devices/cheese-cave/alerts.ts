import type { Saved } from "../shared/saved.ts";
import type { Cave } from "./cave.ts";
import type { Place } from "./place.ts";

/** Which readings have their alert raised. */
export interface Alerts {
  readonly temperature: boolean;
  readonly humidity: boolean;
}

export const NO_ALERTS: Alerts = { temperature: false, humidity: false };

/**
 * Which readings are outside their band. Unrounded readings, strictly: one at the edge raises no alert, nor does NaN.
 *
 * @param raised alerts until now: with a hysteresis these clear only that much further inside
 */
export function alertsOf(
  cave: Cave,
  { limits, alertHysteresis }: Place,
  raised: Alerts = NO_ALERTS,
): Alerts {
  const limitOf = (quantity: keyof Alerts): number =>
    limits[quantity] * (raised[quantity] ? 1 - alertHysteresis : 1);
  return {
    temperature: isOutside(cave.temperature, cave.desiredTemperature, limitOf("temperature")),
    humidity: isOutside(cave.humidity, cave.desiredHumidity, limitOf("humidity")),
  };
}

/** @throws {TypeError} on what are no saved alerts */
export function readAlerts(saved: Saved): Alerts {
  return { temperature: saved.flag("temperature"), humidity: saved.flag("humidity") };
}

function isOutside(value: number, desired: number, limit: number): boolean {
  return value > desired + limit || value < desired - limit;
}
