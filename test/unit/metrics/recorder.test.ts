import fc from "fast-check";
import { expect, test } from "vitest";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import type { Phase } from "../../../src/metrics/phases.ts";
import { Recorder } from "../../../src/metrics/recorder.ts";
import { rowOf } from "./snapshots.ts";

const resources = { cpuS: 1.5, rssBytes: 2_000 };

function recorderAt(clock: () => number = () => 0, phases: readonly Phase[] = []): Recorder {
  return new Recorder({ worker: 2, boot: 3, phases, clock });
}

test("a snapshot holds what was measured since the last one, and only that", () => {
  const recorder = recorderAt();
  const cave = recorder.of("cave", "a.azure-devices.net");
  cave.count("telemetry_sent");
  cave.count("telemetry_sent", 2);
  cave.count("telemetry_failed", 1, { class: "offline" });
  cave.observe("registration_ms", 12.5, 0);
  recorder.device(rowOf({ registrationId: "d1", sent: 1 }));
  recorder.device(rowOf({ registrationId: "d1", sent: 2 }));
  cave.event({ type: "throttled", t: 5, deviceId: "d1", retryAfterMs: 3_000 });
  cave.message({ deviceId: "d1", boot: 3, seq: 1, at: "", properties: {}, body: "{}" });

  const first = recorder.take(resources);
  expect(first).toMatchObject({
    worker: 2,
    boot: 3,
    sequence: 1,
    counters: {
      "telemetry_sent{hub:a.azure-devices.net,model:cave}": 3,
      "telemetry_failed{class:offline,hub:a.azure-devices.net,model:cave}": 1,
    },
    devices: [{ registrationId: "d1", sent: 2 }],
    events: [{ type: "throttled" }],
    messages: [{ seq: 1 }],
    resources,
  });
  const histogram = new LatencyHistogram();
  const encoded = first.histograms["registration_ms{hub:a.azure-devices.net,model:cave}"];
  if (encoded !== undefined) histogram.merge(encoded);
  expect(histogram.percentiles()).toMatchObject({ count: 1, max: 12.5 });

  expect(recorder.take(resources)).toEqual({
    worker: 2,
    boot: 3,
    sequence: 2,
    counters: {},
    histograms: {},
    devices: [],
    events: [],
    messages: [],
    resources,
  });
});

test("a histogram's second delta does not repeat the first", () => {
  const recorder = recorderAt();
  const cave = recorder.of("cave");
  cave.observe("telemetry_ms", 5, 0);
  recorder.take(resources);
  cave.observe("telemetry_ms", 9, 0);
  expect(recorder.take(resources).histograms).toMatchObject({
    "telemetry_ms{model:cave}": { count: 1, min: 9, max: 9, sum: 9 },
  });
});

test("a device's hub is part of what it measures once it goes there, and never of what it asks DPS", () => {
  const recorder = recorderAt();
  const cave = recorder.of("cave");
  cave.count("registration_attempts");
  cave.at("a").count("registration_assigned");
  cave.count("faults_begun", 1, { kind: "late" });
  cave.goesTo("a");
  cave.count("connection_opened");
  cave.goesTo("b");
  cave.count("connection_opened");
  cave.count("registration_attempts");
  expect(recorder.take(resources).counters).toEqual({
    "registration_attempts{model:cave}": 2,
    "registration_assigned{hub:a,model:cave}": 1,
    "faults_begun{kind:late,model:cave}": 1,
    "connection_opened{hub:a,model:cave}": 1,
    "connection_opened{hub:b,model:cave}": 1,
  });
});

test("a counter grows in the phase that it is, a latency in the one in which the work was due", () => {
  let nowMs = 500;
  const phases = [
    { name: "arrival", atMs: 1_000 },
    { name: "steady", atMs: 3_000 },
  ];
  const recorder = recorderAt(() => nowMs, phases);
  const cave = recorder.of("cave");
  for (const t of [999, 1_000, 2_999, 3_000, 90_000]) {
    nowMs = t;
    cave.count("throttled");
    cave.observe("telemetry_ms", 10, t - 10);
  }
  const { counters, histograms } = recorder.take(resources);
  expect(counters).toEqual({
    "throttled{model:cave}": 1,
    "throttled{model:cave,phase:arrival}": 2,
    "throttled{model:cave,phase:steady}": 2,
  });
  expect(Object.entries(histograms).map(([key, { count }]) => [key, count])).toEqual([
    ["telemetry_ms{model:cave}", 2],
    ["telemetry_ms{model:cave,phase:arrival}", 2],
    ["telemetry_ms{model:cave,phase:steady}", 1],
  ]);
});

test("what all devices measured is in the snapshots, once, whatever their labels", () => {
  const step = fc.record({
    model: fc.constantFrom("cave", "belt", "a,b{c}"),
    hub: fc.constantFrom(undefined, "a", "b"),
    t: fc.nat({ max: 100 }),
    ms: fc.nat({ max: 1_000 }),
    takes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let nowMs = 0;
      const recorder = recorderAt(() => nowMs, [{ name: "p", atMs: 50 }]);
      let [count, observed, sum] = [0, 0, 0];
      const take = (): void => {
        const { counters, histograms } = recorder.take(resources);
        for (const by of Object.values(counters)) count += by;
        for (const part of Object.values(histograms)) {
          observed += part.count;
          sum += part.sum;
        }
      };
      for (const { model, hub, t, ms, takes } of steps) {
        nowMs = t;
        const device = recorder.of(model, hub);
        device.count("telemetry_failed", 1, { class: "offline" });
        device.observe("telemetry_ms", ms, t);
        if (takes) take();
      }
      take();
      expect([count, observed]).toEqual([steps.length, steps.length]);
      expect(sum).toBe(steps.reduce((all, { ms }) => all + ms, 0));
    }),
    { numRuns: 40 },
  );
});

test("amounts that are no amounts are dropped", () => {
  const recorder = recorderAt();
  const cave = recorder.of("cave");
  cave.count("telemetry_bytes", Number.NaN);
  cave.count("telemetry_bytes", -1);
  cave.observe("telemetry_ms", Number.NaN, 0);
  expect(recorder.take(resources)).toMatchObject({ counters: {}, histograms: {} });
});

test("times are kept to the microsecond", () => {
  const recorder = recorderAt();
  recorder.of("cave").event({
    type: "connection",
    t: 15.0712890625,
    deviceId: "d1",
    hub: "h",
    reconnect: false,
    ms: 0.1 + 0.2,
    phases: { tls: 2.71828182 },
  });
  recorder.device(rowOf({ registrationId: "d1", registrationMs: 3212.21875, connectionMs: null }));
  const { events, devices } = recorder.take(resources);
  expect(events).toMatchObject([{ t: 15.071, ms: 0.3, phases: { tls: 2.718 } }]);
  expect(devices).toMatchObject([{ registrationMs: 3212.219, connectionMs: null }]);
});
