import type { Parameters } from "./parameters.ts";

const DAY_S = 86_400;
const YEAR_S = 365.25 * DAY_S;

/**
 * Temperature of the rock around a cave at a time of the device's own, in seconds since its start: the undisturbed
 * air's without the heat of ripening, with the swings of year and day.
 */
export function rockTemperatureC(
  { ambientC, ripeningHeatK, seasonalSwingK, seasonPhase, dailySwingK, phase }: Parameters,
  timeS: number,
): number {
  const season = seasonalSwingK * wave(timeS / YEAR_S + seasonPhase);
  const day = dailySwingK * wave(timeS / DAY_S + phase);
  return ambientC - ripeningHeatK + season + day;
}

/** Rises through 0 at every whole number of cycles. */
function wave(cycles: number): number {
  return Math.sin(2 * Math.PI * cycles);
}
