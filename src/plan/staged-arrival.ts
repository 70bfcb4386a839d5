import type { ArrivalStage } from "../scenario/arrival-section.ts";

/** By so many devices may the sum of the stages be off through rounding. */
const TOLERANCE = 1e-6;

/**
 * Starts at a rate that ramps evenly through stages: device n is due when n devices' worth of rate has gone by.
 *
 * @param fromPerS rate at which the first stage begins
 * @returns ms after time 0, not falling, the first 0; fewer than `count` where the stages end before
 */
export function stagedTimes(
  count: number,
  fromPerS: number,
  stages: readonly ArrivalStage[],
): number[] {
  const times: number[] = [];
  let startMs = 0;
  let startPerS = fromPerS;
  let before = 0;
  for (const { forMs, toPerS } of stages) {
    const lengthS = forMs / 1_000;
    const due = before + ((startPerS + toPerS) / 2) * lengthS;
    while (times.length < count && times.length <= due + TOLERANCE) {
      const inS = secondsUntil(times.length - before, { startPerS, toPerS, lengthS });
      times.push(startMs + Math.min(inS, lengthS) * 1_000);
    }
    startMs += forMs;
    startPerS = toPerS;
    before = due;
  }
  return times;
}

/** When so many devices are due in a ramp: the root of `start t + (to - start) t² / 2 length`, in a form that is exact for small ramps too. */
function secondsUntil(
  devices: number,
  ramp: { readonly startPerS: number; readonly toPerS: number; readonly lengthS: number },
): number {
  const { startPerS, toPerS, lengthS } = ramp;
  if (devices <= 0 || lengthS === 0) return 0;
  const growth = (toPerS - startPerS) / lengthS;
  const endPerS = Math.sqrt(Math.max(0, startPerS ** 2 + 2 * growth * devices));
  return (2 * devices) / (startPerS + endPerS);
}
