/**
 * Quantities as users write them: durations `500ms`, rates `1000/m`, sizes `4KiB`.
 * Parsers never throw; what they do not understand is `undefined`.
 */

const MS_PER_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const S_PER_UNIT = { s: 1, m: 60, h: 3_600 } as const;
const BYTES_PER_UNIT = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 } as const;

/** What `parseDuration`, `parseRate` and `parseSize` accept; schemas show it to editors. */
export const DURATION_PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
export const RATE_PATTERN = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\/(s|m|h)$/;
export const SIZE_PATTERN = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/;

/** @returns milliseconds >= 0, or `undefined` if `text` is not a duration such as `500ms`, `30s`, `5m`, `2h` */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, DURATION_PATTERN, MS_PER_UNIT, (value, ms) => value * ms);
}

/** The shortest exact form of a whole number of milliseconds (fractions are rounded): 90000 is `90s`, 0 is `0s`. */
export function formatDuration(ms: number): string {
  const whole = Math.round(ms);
  if (whole % MS_PER_UNIT.h === 0 && whole !== 0) return `${whole / MS_PER_UNIT.h}h`;
  if (whole % MS_PER_UNIT.m === 0 && whole !== 0) return `${whole / MS_PER_UNIT.m}m`;
  if (whole % MS_PER_UNIT.s === 0) return `${whole / MS_PER_UNIT.s}s`;
  return `${whole}ms`;
}

/** Whole microseconds: what a clock's binary fractions add to them says nothing. */
export const toMicroseconds = (ms: number): number => Math.round(ms * 1_000) / 1_000;

/** @returns events per second >= 0, or `undefined` if `text` is not a rate such as `20/s` or `1000/m` */
export function parseRate(text: string): number | undefined {
  return parseQuantity(text, RATE_PATTERN, S_PER_UNIT, (value, s) => value / s);
}

/** @returns whole events per minute >= 0, or `undefined` if `text` is no rate such as `1000/m`, or not whole in a minute */
export function parsePerMinute(text: string): number | undefined {
  const perMinute = (parseRate(text) ?? Number.NaN) * 60;
  const count = Math.round(perMinute);
  // 1000/m is no exact number a second.
  return Math.abs(perMinute - count) < 1e-6 ? count : undefined;
}

/** A rate in the largest frequency unit in which it is a whole number, else per second: 50/3 is `1000/m`. */
export function formatRate(perS: number): string {
  if (Number.isInteger(perS)) return `${perS}/s`;
  for (const unit of ["m", "h"] as const) {
    const count = Math.round(perS * S_PER_UNIT[unit]);
    if (count / S_PER_UNIT[unit] === perS) return `${count}/${unit}`;
  }
  return `${perS}/s`;
}

/** @returns bytes >= 0, or `undefined` if `text` is not a size such as `512B`, `4KiB`, `1MiB` */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, SIZE_PATTERN, BYTES_PER_UNIT, (value, bytes) => value * bytes);
}

/** The shortest exact form of a whole number of bytes (fractions are rounded): 4096 is `4KiB`. */
export function formatSize(bytes: number): string {
  const whole = Math.round(bytes);
  for (const unit of ["GiB", "MiB", "KiB"] as const) {
    if (whole !== 0 && whole % BYTES_PER_UNIT[unit] === 0) {
      return `${whole / BYTES_PER_UNIT[unit]}${unit}`;
    }
  }
  return `${whole}B`;
}

function parseQuantity<Unit extends string>(
  text: string,
  pattern: RegExp,
  factors: Readonly<Record<Unit, number>>,
  combine: (value: number, factor: number) => number,
): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const factor = Object.entries<number>(factors).find(([unit]) => unit === match[2])?.[1];
  if (factor === undefined) return undefined;
  const value = combine(Number(match[1]), factor);
  return Number.isFinite(value) ? value : undefined;
}
