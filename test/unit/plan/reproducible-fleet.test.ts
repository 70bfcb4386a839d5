import fc from "fast-check";
import { expect, test } from "vitest";
import { model as cave } from "../../../devices/cheese-cave/index.ts";
import { model as belt } from "../../../devices/conveyor/index.ts";
import { createRandom } from "../../../src/base/random.ts";
import type { DeviceModel, ModelDevice } from "../../../src/model/model.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import type { DeviceSpec, Plan } from "../../../src/plan/plan.ts";
import { shardDevices } from "../../../src/plan/shard.ts";
import { applyOverrides } from "../../../src/scenario/overrides.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

const MODELS: Readonly<Record<string, DeviceModel>> = { "cheese-cave": cave, conveyor: belt };
const STEPS = 12;

const CAVES = `
  - model: cheese-cave
    count: 7
    registrationId: "cave-{n}"
    telemetry: { interval: { uniform: [2s, 9s] } }
    settings:
      signal: { list: [classic, physical] }
      dialect: { list: [module, learn-js, az220, pnp, dps, wine-cellar, learn-csharp] }`;
const BELTS = `
  - model: conveyor
    count: 5
    registrationId: "belt-{n}"
    telemetry: { interval: { list: [2s, 500ms] } }
    settings:
      signal: { list: [classic, physical] }
      dialect: { list: [module, learn-js, az220, pnp, draft, learn-csharp] }`;

function scenarioOf(entries: readonly string[]): Scenario {
  const fleet = entries.join("");
  return parseScenario(`name: s\nprovisioning: { group: g }\nfleet:${fleet}\n`, "s.yaml");
}

function planOf(entries: readonly string[], devices: number, seed = 1): Plan {
  const scenario = applyOverrides(scenarioOf(entries), { devices });
  const defaults = scenario.fleet.map(({ model }) => MODELS[model]?.defaults);
  return makePlan(scenario, { seed, defaults });
}

function deviceOf(
  { model: name, registrationId, settings }: DeviceSpec,
  seed: number,
): ModelDevice {
  const model = MODELS[name];
  if (model === undefined) throw new Error(`there is no model ${name}`);
  expect(model.checkSettings(settings)).toEqual([]);
  return model.create({
    deviceId: registrationId,
    settings: { ...model.defaults, ...settings },
    random: (stream) => createRandom(seed, registrationId, stream),
    file: () => "",
    report: () => undefined,
    tell: () => undefined,
  });
}

/** The bodies of each device; those of a worker take turns. At `restoreAt` all go on in another process, so to speak. */
function bodiesOf(plan: Plan, workers: number, restoreAt = -1): ReadonlyMap<string, string[]> {
  const bodies = new Map<string, string[]>();
  for (const shard of shardDevices(plan.devices, workers)) {
    let devices = shard.map((spec) => ({ spec, device: deviceOf(spec, plan.seed) }));
    for (let step = 0; step < STEPS; step += 1) {
      if (step === restoreAt) {
        devices = devices.map(({ spec, device }) => {
          const restored = deviceOf(spec, plan.seed);
          restored.restore(JSON.parse(JSON.stringify(device.snapshot())));
          return { spec, device: restored };
        });
      }
      for (const { spec, device } of devices) {
        const { intervalMs } = spec.telemetry;
        const messages = device.step({
          dtS: intervalMs / 1_000,
          atMs: step * intervalMs,
          scale: 1,
        });
        const known = bodies.get(spec.registrationId) ?? [];
        known.push(...messages.map(({ body }) => body));
        bodies.set(spec.registrationId, known);
      }
    }
  }
  return bodies;
}

test("caves and belts send the same, however large the fleet, in whatever order, in however many workers, snapshot or not", () => {
  const known = bodiesOf(planOf([CAVES, BELTS], 12), 1);
  expect([...known.values()].every((bodies) => bodies.length >= STEPS)).toBe(true);
  expect(new Set([...known.values()].map((bodies) => bodies.join())).size).toBe(12);
  const fleets = fc.record({
    devices: fc.integer({ min: 2, max: 48 }),
    isSwapped: fc.boolean(),
    workers: fc.integer({ min: 1, max: 5 }),
    restoreAt: fc.integer({ min: -1, max: STEPS - 1 }),
  });
  fc.assert(
    fc.property(fleets, ({ devices, isSwapped, workers, restoreAt }) => {
      const entries = isSwapped ? [BELTS, CAVES] : [CAVES, BELTS];
      const found = bodiesOf(planOf(entries, devices), workers, restoreAt);
      const common = [...found].filter(([id]) => known.has(id));
      expect(common.length).toBeGreaterThan(0);
      for (const [id, bodies] of common) expect(bodies).toEqual(known.get(id));
    }),
    { numRuns: 25 },
  );
});

test("another seed changes what every device sends", () => {
  const first = bodiesOf(planOf([CAVES, BELTS], 12), 2);
  const other = bodiesOf(planOf([CAVES, BELTS], 12, 2), 2);
  for (const [id, bodies] of first) expect(other.get(id)).not.toEqual(bodies);
});

test.for([
  ["cheese-cave", "temperature"],
  ["conveyor", "temp"],
] as const)(
  "the noise of two devices of %s has nothing to do with each other: correlation of 10,000 steps below 0.04",
  ([model, reading]) => {
    const entry = `\n  - { model: ${model}, count: 2, registrationId: "d{n}" }`;
    const plan = planOf([entry], 2);
    const [a = [], b = []] = plan.devices.map((spec) => {
      const device = deviceOf(spec, plan.seed);
      const values = Array.from({ length: 10_001 }, (_, step): number => {
        const messages = device.step({ dtS: 5, atMs: step * 5_000, scale: 1 });
        return JSON.parse(messages.at(-1)?.body ?? "{}")[reading];
      });
      return values.slice(1).map((value, at) => value - (values[at] ?? 0));
    });
    expect(Math.abs(correlationOf(a, b))).toBeLessThan(0.04);
    expect(correlationOf(a, a)).toBeCloseTo(1, 9);
  },
);

function correlationOf(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [centred(a), centred(b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

function centred(values: readonly number[]): readonly number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
