import type { AdaptiveArrival } from "../scenario/arrival-section.ts";
import type { Plan } from "./plan.ts";

/** In so many ms the rate doubles while nothing pushes back. */
export const DOUBLING_MS = 30_000;

/** The rate of an adaptive arrival that has risen undisturbed for so many ms. */
export const risenPerS = (
  { fromPerS, maxPerS }: Pick<AdaptiveArrival, "fromPerS" | "maxPerS">,
  forMs: number,
): number => Math.min(maxPerS, fromPerS * 2 ** (forMs / DOUBLING_MS));

/**
 * When the devices of an adaptive arrival are due at the earliest: where nothing ever pushes back.
 *
 * @returns ms after time 0, not falling, the first 0
 */
export function earliestTimes(count: number, arrival: AdaptiveArrival): number[] {
  const { fromPerS, maxPerS } = arrival;
  const growth = Math.LN2 / DOUBLING_MS;
  const maxAtMs = Math.log2(maxPerS / fromPerS) * DOUBLING_MS;
  // The rate's integral: what has come until the greatest rate is reached.
  const untilMax = (maxPerS - fromPerS) / 1_000 / growth;
  return Array.from({ length: count }, (_, index) =>
    index <= untilMax
      ? Math.log1p((index * 1_000 * growth) / fromPerS) / growth
      : maxAtMs + ((index - untilMax) * 1_000) / maxPerS,
  );
}

/** When each of a plan's devices is due, ms after time 0; of an adaptive arrival at the earliest. */
export function dueTimes({
  devices,
  adaptive,
}: Pick<Plan, "devices" | "adaptive">): readonly number[] {
  if (adaptive !== undefined) return earliestTimes(devices.length, adaptive);
  return devices.map(({ startMs }) => startMs ?? 0);
}
