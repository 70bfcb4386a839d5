const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Steps that people count time in, in ms. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 4, 6, 12, 24].map((count) => count * HOUR),
];

/** Times of an axis from 0 to `endMs`, in a step that people count in; at most `most` + 1. */
export function timeTicks(endMs: number, most = 8): readonly number[] {
  const fitting = STEPS.find((step) => endMs / step <= most);
  // Days: in whole ones.
  const step = fitting ?? Math.ceil(endMs / most / (24 * HOUR)) * 24 * HOUR;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
}

/** 1, 2 and 5 times the powers of ten. */
function roundAtMost(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [5, 2].find((each) => each * power <= value * (1 + 1e-9)) ?? 1;
  return factor * power;
}
function roundAtLeast(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Bounds of a logarithmic axis around positive values, at 1, 2 or 5; at least a factor of ten apart. */
export function logBounds(values: readonly number[]): readonly [low: number, high: number] {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  let least = Infinity;
  let most = 0;
  for (const value of positive) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const low = roundAtMost(least);
  return [low, Math.max(roundAtLeast(most), low * 10)];
}

/** Values of a logarithmic axis that are labelled: powers of ten, and 2 and 5 between them where there is room. */
export function logTicks(low: number, high: number): readonly number[] {
  const decades = Math.log10(high / low);
  const factors = decades <= 2.1 ? [1, 2, 5] : [1];
  const first = Math.floor(Math.log10(low) + 1e-9);
  const ticks: number[] = [];
  for (let power = first; 10 ** power <= high * (1 + 1e-9); power += 1) {
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(1)));
  }
  return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}
