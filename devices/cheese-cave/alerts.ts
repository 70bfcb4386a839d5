import type { Cave } from "./cave.ts";
import type { Place } from "./place.ts";

/** Which readings are outside their band. Unrounded readings, strictly: one at the edge raises no alert, nor does NaN. */
export function alertsOf(
  cave: Cave,
  { limits }: Place,
): { temperature: boolean; humidity: boolean } {
  return {
    temperature: isOutside(cave.temperature, cave.desiredTemperature, limits.temperature),
    humidity: isOutside(cave.humidity, cave.desiredHumidity, limits.humidity),
  };
}

function isOutside(value: number, desired: number, limit: number): boolean {
  return value > desired + limit || value < desired - limit;
}
