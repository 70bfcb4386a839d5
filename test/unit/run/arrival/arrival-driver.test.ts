import fc from "fast-check";
import { expect, test } from "vitest";

import { createRandom } from "../../../../src/base/random.ts";
import { DOUBLING_MS, earliestTimes } from "../../../../src/plan/adaptive-arrival.ts";
import type { ArrivalEvent } from "../../../../src/output/output.ts";
import { ArrivalDriver, LOOK_MS } from "../../../../src/run/arrival/arrival-driver.ts";
import type { Service, SimulatedArrival } from "../../../support/simulated-service.ts";
import {
  queueService,
  simulateArrival,
  windowService,
} from "../../../support/simulated-service.ts";

const MINUTE_MS = 60_000;

function arrive(devices: number, service: Service, untilS = 3_600, seed = 1): SimulatedArrival {
  const dice = createRandom(seed, "simulation", "retry");
  return simulateArrival({ devices, service, random: () => dice.next(), untilMs: untilS * 1_000 });
}

/** The rate that the last push-back led to. */
const heldPerS = ({ events }: SimulatedArrival): number =>
  events.findLast(({ reason }) => ["throttled", "latency", "refine"].includes(reason))?.ratePerS ??
  Number.NaN;

const lastOf = ({ events }: SimulatedArrival) => {
  const last = events.at(-1);
  if (last === undefined) throw new Error("nothing was told");
  return last;
};

const endS = ({ throughMs }: SimulatedArrival): number => Math.max(...throughMs) / 1_000;

/** Devices a second over the last part of the arrival, ms. */
const startedPerS = ({ dueMs }: SimulatedArrival, lastMs: number): number => {
  const endMs = dueMs.at(-1) ?? 0;
  return dueMs.filter((ms) => ms > endMs - lastMs).length / (lastMs / 1_000);
};

/** How long the rate needs to rise from 5/s to this one. */
const riseS = (perS: number): number => (Math.max(0, Math.log2(perS / 5)) * DOUBLING_MS) / 1_000;

test("below any limit of DPS it is held at 89 to 100 %, with next to no 429 and no time lost", () => {
  const limits = fc.integer({ min: 20, max: 3_000 });
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 1_000 }), (limit, seed) => {
      const devices = 4 * limit;
      const arrival = arrive(devices, windowService(limit, MINUTE_MS), 3_600, seed);
      const perS = limit / 60;
      expect(arrival.throughMs).toHaveLength(devices);
      expect(lastOf(arrival)).toMatchObject({ reason: "complete", started: devices });
      expect(heldPerS(arrival) / perS).toBeGreaterThan(0.89);
      expect(heldPerS(arrival) / perS).toBeLessThan(1);
      // One device more than the limit may fall into a minute.
      expect(startedPerS(arrival, MINUTE_MS) / perS).toBeLessThan(1.01 + 1 / limit);
      // Of the devices 4 in 1,000, and a few of small fleets.
      expect(arrival.refused).toBeLessThan(12 + devices / 250);
      // What four minutes hold takes three of them at least; what it takes to find the limit comes on top.
      expect(endS(arrival)).toBeLessThan(1.3 * 240 + riseS(perS));
    }),
    { numRuns: 20 },
  );
});

test("a limit that counts in a shorter time is found too, and held at about half of it or more", () => {
  const windowsS = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(windowsS, fc.integer({ min: 6, max: 60 }), (windowS, perS) => {
      const arrival = arrive(150 * perS, windowService(perS * windowS, windowS * 1_000));
      expect(lastOf(arrival).reason).toBe("complete");
      expect(heldPerS(arrival) / perS).toBeGreaterThan(0.47);
      expect(heldPerS(arrival) / perS).toBeLessThan(1);
      expect(arrival.refused).toBeLessThan(45);
    }),
    { numRuns: 20 },
  );
});

test("a service that becomes slow is held at 85 to 100 % of what it works off, and is not slow for long", () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 100 }), fc.constantFrom(50, 3_100), (perS, takesMs) => {
      const arrival = arrive(120 * perS, queueService(perS, takesMs));
      expect(lastOf(arrival).reason).toBe("complete");
      expect(heldPerS(arrival) / perS).toBeGreaterThan(0.85);
      expect(heldPerS(arrival) / perS).toBeLessThan(1);
      expect(startedPerS(arrival, 30_000) / perS).toBeLessThan(1.1);
      const slow = arrival.events.filter(({ reason }) => reason === "latency");
      expect(slow.length).toBeGreaterThan(0);
      expect(slow.length).toBeLessThan(5);
      expect(endS(arrival)).toBeLessThan(1.25 * 120 + riseS(perS) + takesMs / 1_000);
    }),
    { numRuns: 20 },
  );
});

test("a limit that falls to half while it is held is followed, and so is one that rises again", () => {
  const [high, low] = [windowService(1_000, MINUTE_MS), windowService(500, MINUTE_MS)];
  // Both count all that come, so that the change is no fresh start.
  const service: Service = (ms) => {
    const [ofHigh, ofLow] = [high(ms), low(ms)];
    return ms > 200_000 && ms < 600_000 ? ofLow : ofHigh;
  };
  const arrival = arrive(13_000, service);
  const heldAt = (atS: number): number =>
    arrival.events.findLast(({ t }) => t <= atS * 1_000)?.ratePerS ?? 0;
  expect(heldAt(199)).toBeGreaterThan(15);
  expect(heldAt(500)).toBeLessThan(8.5);
  expect(heldAt(500)).toBeGreaterThan(6.5);
  expect(heldAt(1_000)).toBeGreaterThan(14);
  expect(arrival.refused).toBeLessThan(600);
});

test("where nothing pushes back, devices are due as the forecast has them, up to the highest rate", () => {
  const { dueMs, events } = arrive(3_000, () => ({ takesMs: 50 }));
  const earliest = earliestTimes(3_000, {
    way: "adaptive",
    fromPerS: 5,
    maxPerS: 200,
    latencyMs: 2_000,
  });
  // It rises from when the first devices are seen to be through.
  for (const [index, ms] of dueMs.entries()) {
    expect(ms).toBeGreaterThan((earliest[index] ?? 0) - 500);
    expect(ms).toBeLessThan((earliest[index] ?? 0) + 3_000);
  }
  expect(events.every(({ reason }) => ["begin", "raise", "complete"].includes(reason))).toBe(true);
});

test("the highest rate is never passed", () => {
  const { dueMs } = simulateArrival({
    devices: 500,
    maxPerS: 6,
    service: () => ({ takesMs: 50 }),
    random: () => 0,
    untilMs: 3_600_000,
  });
  const gaps = dueMs.slice(1).map((ms, index) => ms - (dueMs[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(1_000 / 6 - 1e-6);
});

test("the rate does not rise while nobody gets through", () => {
  const { events, dueMs } = arrive(1_000, () => ({ takesMs: Infinity }), 60);
  expect(events).toEqual([
    { type: "arrival", t: 0, reason: "begin", ratePerS: 5, beforePerS: 0, started: 0 },
  ]);
  expect(dueMs.length).toBeLessThan(310);
});

/** Ten devices a second at the most, and what was started when. */
function steered(isToStart: (registrationId: string) => boolean = () => true) {
  let nowMs = 0;
  const started: (readonly [registrationId: string, dueMs: number])[] = [];
  const events: ArrivalEvent[] = [];
  const driver = new ArrivalDriver({
    devices: Array.from({ length: 40 }, (_, index) => ({ registrationId: `cave-${index}` })),
    arrival: { way: "adaptive", fromPerS: 10, maxPerS: 10, latencyMs: 2_000 },
    clock: () => nowMs,
    isToStart,
    isHosted: () => true,
    start: (starts) =>
      started.push(...starts.map(({ registrationId, dueMs }) => [registrationId, dueMs] as const)),
    emit: (event) => events.push(event),
  });
  const pass = (ms: number): void => {
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += LOOK_MS) driver.look();
  };
  return { driver, started, events, pass };
}

test("a pause starts nobody, and what comes after it is due after it", () => {
  const { driver, started, pass } = steered();
  pass(1_000);
  driver.pause();
  const before = started.length;
  pass(60_000);
  expect(started).toHaveLength(before);
  expect(driver.state).toMatchObject({ started: before, isPaused: true });
  driver.resume();
  pass(1_000);
  expect(started[before]?.[1]).toBe(61_000);
  expect(started).toHaveLength(before + 10);
});

test("a rate that somebody asks for is kept, whatever services say", () => {
  const { driver, started, events, pass } = steered();
  driver.setRate(2);
  driver.observe({ type: "throttled", t: 10, deviceId: "cave-0", retryAfterMs: 60_000 });
  pass(5_000);
  expect(started).toHaveLength(10);
  expect(events).toEqual([
    {
      type: "arrival",
      t: 0,
      reason: "asked",
      ratePerS: 2,
      beforePerS: 0,
      started: 0,
    },
  ]);
  driver.setRate(1_000);
  pass(250);
  expect(events.at(-1)).toMatchObject({ reason: "complete", started: 40 });
  expect(driver.state).toEqual({ started: 40, total: 40, isPaused: false, ratePerS: 1_000 });
});

test("devices that were stopped before their time are passed over, and take nobody's", () => {
  const { driver, started, pass } = steered((id) => !/[13579]$/.test(id));
  pass(10_000);
  expect(started).toHaveLength(20);
  expect(started.slice(0, 3).map(([id, dueMs]) => [id, Math.round(dueMs)])).toEqual([
    ["cave-0", 0],
    ["cave-2", 100],
    ["cave-4", 200],
  ]);
  expect(driver.state.started).toBe(40);
});
