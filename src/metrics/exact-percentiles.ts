import type { Percentiles } from "./percentiles.ts";

/**
 * Percentiles of a list in memory, by nearest rank: each is one of the values (Hyndman and Fan, "Sample Quantiles in
 * Statistical Packages", 1996, definition 1). Pure.
 *
 * @param values ms, in any order
 */
export function exactPercentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number | null =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    count: sorted.length,
    min: sorted[0] ?? null,
    mean: sorted.length === 0 ? null : sum / sorted.length,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    max: sorted.at(-1) ?? null,
  };
}
