import type { CounterName, HistogramName } from "../../metrics/catalog.ts";

/** Counters whose course over time is kept. */
export const BINNED_COUNTERS = [
  "registration_attempts",
  "registration_assigned",
  "registration_failed",
  "throttled",
  "connection_opened",
  "connection_lost",
  "connection_failed",
  "telemetry_sent",
  "telemetry_acked",
  "telemetry_failed",
] as const satisfies readonly CounterName[];
export type BinnedCounter = (typeof BINNED_COUNTERS)[number];

/** Latencies whose course over time is kept. */
export const BINNED_LATENCIES = [
  "registration_ms",
  "connection_ms",
  "telemetry_ms",
  "reported_ms",
] as const satisfies readonly HistogramName[];
export type BinnedLatency = (typeof BINNED_LATENCIES)[number];

/** A value for each of these counters. */
export const ofEachCounter = <Value>(
  valueOf: (name: BinnedCounter) => Value,
): Record<BinnedCounter, Value> => ({
  registration_attempts: valueOf("registration_attempts"),
  registration_assigned: valueOf("registration_assigned"),
  registration_failed: valueOf("registration_failed"),
  throttled: valueOf("throttled"),
  connection_opened: valueOf("connection_opened"),
  connection_lost: valueOf("connection_lost"),
  connection_failed: valueOf("connection_failed"),
  telemetry_sent: valueOf("telemetry_sent"),
  telemetry_acked: valueOf("telemetry_acked"),
  telemetry_failed: valueOf("telemetry_failed"),
});

/** A value for each of these latencies. */
export const ofEachLatency = <Value>(
  valueOf: (name: BinnedLatency) => Value,
): Record<BinnedLatency, Value> => ({
  registration_ms: valueOf("registration_ms"),
  connection_ms: valueOf("connection_ms"),
  telemetry_ms: valueOf("telemetry_ms"),
  reported_ms: valueOf("reported_ms"),
});
