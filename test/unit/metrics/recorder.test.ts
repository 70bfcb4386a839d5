import { expect, test } from "vitest";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import { Recorder } from "../../../src/metrics/recorder.ts";
import { rowOf } from "./snapshots.ts";

const resources = { cpuS: 1.5, rssBytes: 2_000 };

test("a snapshot holds what was measured since the last one, and only that", () => {
  const recorder = new Recorder({ worker: 2, boot: 3 });
  recorder.count("telemetry_sent");
  recorder.count("telemetry_sent", 2);
  recorder.count("telemetry_failed", 1, { class: "offline" });
  recorder.observe("registration_ms", 12.5, { hub: "a.azure-devices.net" });
  recorder.device(rowOf({ registrationId: "d1", sent: 1 }));
  recorder.device(rowOf({ registrationId: "d1", sent: 2 }));
  recorder.event({ type: "throttled", t: 5, deviceId: "d1", retryAfterMs: 3_000 });
  recorder.message({ deviceId: "d1", boot: 3, seq: 1, at: "", properties: {}, body: "{}" });

  const first = recorder.take(resources);
  expect(first).toMatchObject({
    worker: 2,
    boot: 3,
    sequence: 1,
    counters: { telemetry_sent: 3, "telemetry_failed{class:offline}": 1 },
    devices: [{ registrationId: "d1", sent: 2 }],
    events: [{ type: "throttled" }],
    messages: [{ seq: 1 }],
    resources,
  });
  const histogram = new LatencyHistogram();
  const encoded = first.histograms["registration_ms{hub:a.azure-devices.net}"];
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
  const recorder = new Recorder({ worker: 1, boot: 1 });
  recorder.observe("telemetry_ms", 5);
  recorder.take(resources);
  recorder.observe("telemetry_ms", 9);
  expect(recorder.take(resources).histograms["telemetry_ms"]).toMatchObject({
    count: 1,
    min: 9,
    max: 9,
    sum: 9,
  });
});

test("amounts that are no amounts are dropped", () => {
  const recorder = new Recorder({ worker: 1, boot: 1 });
  recorder.count("telemetry_bytes", Number.NaN);
  recorder.count("telemetry_bytes", -1);
  recorder.observe("telemetry_ms", Number.NaN);
  expect(recorder.take(resources)).toMatchObject({ counters: {}, histograms: {} });
});

test("times are kept to the microsecond", () => {
  const recorder = new Recorder({ worker: 1, boot: 1 });
  recorder.event({
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
