import { expect, test } from "vitest";

import { Aggregate } from "../../../src/metrics/aggregate.ts";
import { DeliveryDelays } from "../../../src/run/delivery-delays.ts";
import { snapshotOf } from "../metrics/snapshots.ts";

const ZERO = Date.UTC(2026, 0, 31, 12);
const DEVICES = [
  { registrationId: "cave-1", model: "cheese-cave" },
  { registrationId: "belt-1", model: "conveyor" },
];
const PHASES = [
  { name: "warm-up", atMs: 0 },
  { name: "load", atMs: 1_000 },
];

/** A message that was due `dueMs` after time 0, and taken `tookMs` later. */
const message = (deviceId: string, dueMs: number, tookMs: number) => ({
  hub: "hub",
  deviceId,
  boot: 1,
  seq: 1,
  createdMs: ZERO + dueMs,
  enqueuedMs: ZERO + dueMs + tookMs,
});

test("delays are split by hub, model and the phase in which the message was due", () => {
  const delays = new DeliveryDelays(DEVICES, PHASES);
  delays.record(message("cave-1", 10, 5), ZERO);
  delays.record(message("cave-1", 2_000, 7), ZERO);
  delays.record(message("belt-1", 2_000, 9), ZERO);
  const aggregate = new Aggregate(DEVICES);
  aggregate.add(snapshotOf({ histograms: delays.take() }));
  const of = (labels: Record<string, string>) =>
    aggregate.percentiles("telemetry_delay_ms", labels).max;
  expect(of({ phase: "warm-up" })).toBe(5);
  expect(of({ model: "cheese-cave", hub: "hub" })).toBe(7);
  expect(of({ phase: "load" })).toBe(9);
  expect(delays.take()).toEqual({});
});

test("strangers and messages without a time are passed over; clocks that differ give no negative delay", () => {
  const delays = new DeliveryDelays(DEVICES, []);
  delays.record(message("stranger", 0, 5), ZERO);
  delays.record({ ...message("cave-1", 0, 5), createdMs: null }, ZERO);
  expect(delays.take()).toEqual({});
  delays.record(message("cave-1", 0, -60_000), ZERO);
  expect(Object.values(delays.take())).toMatchObject([{ count: 1, min: 0, max: 0 }]);
});
