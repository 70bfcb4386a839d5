import { countedPerSecond, peakOf } from "./rate-series.ts";

/** How many devices there are by a moment. */
export interface CurvePoint {
  /** Seconds after time 0. */
  readonly atS: number;
  /** Devices whose start was due by then. */
  readonly started: number;
  /** Devices that are at their hubs by then, at the earliest. */
  readonly connected: number;
}

/** When devices start. */
export interface ArrivalForecast {
  /** When the last one is due, seconds after time 0. */
  readonly endS: number;
  /** The most that are due within one second. */
  readonly mostPerS: number;
  /** Evenly spaced in time, from behind time 0 until the last device is due, or connected. */
  readonly curve: readonly CurvePoint[];
}

/** Points of the curve. */
const POINTS = 40;

/**
 * @param startMs when each device is due, ms after time 0, in any order
 * @param connectedMs when each is at its hub, the same; null = never
 */
export function arrivalForecast(
  startMs: readonly number[],
  connectedMs: readonly (number | null)[],
): ArrivalForecast {
  const started = startMs.toSorted((a, b) => a - b);
  const connected = connectedMs.filter((ms) => ms !== null).toSorted((a, b) => a - b);
  const endMs = Math.max(1_000, started.at(-1) ?? 0, connected.at(-1) ?? 0);
  const moments = Array.from({ length: POINTS }, (_, at) => ((at + 1) * endMs) / POINTS);
  const countStarted = counterOf(started);
  const countConnected = counterOf(connected);
  return {
    endS: (started.at(-1) ?? 0) / 1_000,
    mostPerS: peakOf(countedPerSecond(started, (ms) => ms)).perS,
    curve: moments.map((ms) => ({
      atS: Math.round(ms) / 1_000,
      started: countStarted(ms),
      connected: countConnected(ms),
    })),
  };
}

/** How many of these moments have passed; asked with moments that do not fall. */
function counterOf(sortedMs: readonly number[]): (ms: number) => number {
  let passed = 0;
  return (ms) => {
    while ((sortedMs[passed] ?? Infinity) <= ms) passed += 1;
    return passed;
  };
}
