import fc from "fast-check";
import { expect, test } from "vitest";

import type { HubDevice } from "../../../../src/run/forecast/hub-load.ts";
import {
  hubLoad,
  quotaUsedUpMs,
  summed,
  volumeUntil,
} from "../../../../src/run/forecast/hub-load.ts";
import type { ModelSample } from "../../../../src/run/forecast/model-sample.ts";
import { peakOf } from "../../../../src/run/forecast/rate-series.ts";

const SAMPLE: ModelSample = {
  sizes: [100, 600],
  steps: 2,
  intervalMs: undefined,
  reportedBytes: 10,
  twinBytes: 700,
};
const streaming = (count: number, connectedMs: (at: number) => number): HubDevice[] =>
  Array.from({ length: count }, (_, at) => ({
    connectedMs: connectedMs(at),
    intervalMs: 5_000,
    sample: SAMPLE,
  }));

test("a device that connects at 3 s sends 24 messages in 120 s, and reads and updates its twin once", () => {
  const load = { devices: streaming(1, () => 3_000), actions: [] };
  expect(volumeUntil(load, 120_000, 4_096)).toEqual({
    messages: 24,
    twinOperations: 2,
    metered: 26,
  });
  // 12 messages of one block and 12 of two, a twin of two, a report of one.
  expect(volumeUntil(load, 120_000, 512).metered).toBe(12 + 24 + 2 + 1);
  expect(volumeUntil(load, 3_000, 4_096).messages).toBe(0);
  expect(volumeUntil(load, 3_001, 4_096).messages).toBe(1);
});

test("a patch of the timeline is two updates for each device, from its moment on", () => {
  const load = { devices: [], actions: [{ atMs: 1_000, devices: 5, patchBytes: 600 }] };
  expect(volumeUntil(load, 1_000, 512)).toEqual({ messages: 0, twinOperations: 0, metered: 0 });
  expect(volumeUntil(load, 1_001, 512)).toEqual({ messages: 0, twinOperations: 10, metered: 20 });
});

test("first messages come on top of those of devices that stream", () => {
  const load = hubLoad(
    streaming(20, (at) => at * 100),
    [{ atMs: 60_000, devices: 7, patchBytes: 2 }],
  );
  expect(peakOf(load.connections)).toEqual({ perS: 10, atMs: 0 });
  // Ten stream at 0.2/s each while the next ten connect.
  expect(peakOf(load.messages)).toEqual({ perS: 12, atMs: 1_000 });
  expect(load.messages.at(-1)).toEqual({ second: 2, perS: 4 });
  expect(peakOf(load.twinReads).perS).toBe(10);
  expect(peakOf(load.twinUpdates)).toEqual({ perS: 14, atMs: 60_000 });
});

test("hubs that share a fleet carry together what one would, at any moment", () => {
  const sample = { ...SAMPLE, sizes: [100], steps: 1 };
  const devices = fc.array(
    fc.record({
      connectedMs: fc.integer({ min: 0, max: 100_000 }),
      intervalMs: fc.integer({ min: 1, max: 20_000 }),
      sample: fc.constant(sample),
    }),
  );
  fc.assert(
    fc.property(devices, fc.nat(30), fc.integer({ min: 1, max: 1e6 }), (all, at, untilMs) => {
      const volume = (some: readonly HubDevice[]) =>
        volumeUntil({ devices: some, actions: [] }, untilMs, 4_096);
      expect(summed([volume(all.slice(0, at)), volume(all.slice(at))])).toEqual(volume(all));
    }),
  );
});

test("thirty devices with 6 messages a second use up the 8,000 of a free hub after 22 min, to the second", () => {
  const sample = { ...SAMPLE, sizes: [100], steps: 1, reportedBytes: undefined, twinBytes: 2 };
  const devices = Array.from({ length: 30 }, () => ({ connectedMs: 0, intervalMs: 5_000, sample }));
  const load = { devices, actions: [] };
  const atMs = quotaUsedUpMs(load, 8_000, 86_400_000, 512) ?? 0;
  // 30 twins, then 30 messages each 5 s: 265 times is 7,980, the 266th is due at 1,325 s.
  expect(atMs).toBeGreaterThan(1_325_000);
  expect(atMs).toBeLessThanOrEqual(1_326_000);
  expect(quotaUsedUpMs(load, 8_000, 1_325_000, 512)).toBeUndefined();
});
