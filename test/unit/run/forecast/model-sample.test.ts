import { expect, test } from "vitest";

import type { JsonObject } from "../../../../src/base/json.ts";
import type { Message, ModelDevice } from "../../../../src/model/model.ts";
import {
  blocks,
  meteredPerStep,
  sampleDevice,
  STEPS_SAMPLED,
} from "../../../../src/run/forecast/model-sample.ts";

function device(given: {
  readonly messages?: readonly Message[];
  readonly intervalS?: number;
  readonly reported?: JsonObject;
  readonly onStep?: (dtS: number, atMs: number) => void;
}): ModelDevice {
  return {
    step: ({ dtS, atMs }) => {
      given.onStep?.(dtS, atMs);
      return given.messages ?? [];
    },
    desired: () => given.reported,
    methods: {},
    intervalS: given.intervalS,
    snapshot: () => null,
    restore: () => {},
  };
}

const PLAN = { intervalMs: 5_000, timeScale: 1, desired: {}, reports: [] };

test("a message is as large as body, properties and system properties, with what the fleet adds", () => {
  const messages: Message[] = [
    { body: "käse", properties: { a: "bc" }, contentType: "application/json" },
    { body: "x".repeat(5_000), properties: {} },
  ];
  const sample = sampleDevice(device({ messages }), PLAN);
  expect(sample.sizes.slice(0, 2)).toEqual([5 + 3 + 16 + 37, 5_037]);
  expect(sample.sizes).toHaveLength(2 * STEPS_SAMPLED);
  // One block and two of 4 KiB; one and ten of 512 B.
  expect(meteredPerStep(sample, 4_096)).toBe(3);
  expect(meteredPerStep(sample, 512)).toBe(11);
});

test("a step takes the interval that the twin asks for, in the time of the devices", () => {
  const times: (readonly [number, number])[] = [];
  const onStep = (dtS: number, atMs: number): void => void times.push([dtS, atMs]);
  const sample = sampleDevice(device({ intervalS: 2, onStep }), { ...PLAN, timeScale: 60 });
  expect(times.slice(0, 2)).toEqual([
    [120, 0],
    [120, 2_000],
  ]);
  expect(sample).toMatchObject({ intervalMs: 2_000, sizes: [] });
  expect(meteredPerStep(sample, 4_096)).toBe(0);
});

test("what a device reports by itself and as an answer is one patch; one that reports nothing has none", () => {
  const sample = sampleDevice(device({ reported: { b: 2 } }), { ...PLAN, reports: [{ a: 1 }] });
  expect(sample.reportedBytes).toBe('{"a":1,"b":2}'.length);
  expect(sample.twinBytes).toBe('{"desired":{},"reported":{"a":1,"b":2}}'.length);
  expect(sampleDevice(device({}), PLAN).reportedBytes).toBeUndefined();
});

test("each begun block counts, and nothing counts as one", () => {
  expect([0, 1, 4_096, 4_097].map((bytes) => blocks(bytes, 4_096))).toEqual([1, 1, 1, 2]);
});
