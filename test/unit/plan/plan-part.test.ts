import fc from "fast-check";
import { expect, test } from "vitest";

import { makePlan } from "../../../src/plan/make-plan.ts";
import { planFingerprint } from "../../../src/plan/plan-fingerprint.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { planPart, shardProblems } from "../../../src/plan/plan-part.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

interface Fleet {
  readonly caves: number;
  readonly belts: number;
  readonly concurrency: number;
  readonly percent: number;
}

const fleet: fc.Arbitrary<Fleet> = fc.record({
  caves: fc.integer({ min: 1, max: 40 }),
  belts: fc.integer({ min: 1, max: 40 }),
  concurrency: fc.integer({ min: 8, max: 50 }),
  percent: fc.integer({ min: 1, max: 100 }),
});

function planOf({ caves, belts, concurrency, percent }: Fleet, seed = 1): Plan {
  const scenario = parseScenario(
    `name: mixed
provisioning: { group: all }
fleet:
  - { model: cheese-cave, count: ${caves}, registrationId: "cave-{n}", settings: { peak: { uniform: [1, 9] } } }
  - { model: conveyor, count: ${belts}, registrationId: "belt-{n}", telemetry: { interval: { uniform: [1s, 9s] } } }
arrival: { rate: 7/s, concurrency: ${concurrency} }
timeline:
  - { at: 1s, twin: { devices: "${percent}%", desired: { on: true } } }
  - { at: 2s, twin: { devices: cave-1, desired: { on: false } } }
  - { at: 3s, fault: { devices: "${percent}% of belt-*", kind: dropout, for: 2s } }
`,
    "mixed.yaml",
  );
  return makePlan(scenario, { seed });
}

test("parts of an adaptive arrival share its rates", () => {
  const scenario = `name: s
provisioning: { group: all }
fleet: [{ model: cheese-cave, count: 9, registrationId: "cave-{n}" }]
arrival: { rate: adaptive, from: 4/s, max: 40/s }
`;
  const whole = makePlan(parseScenario(scenario, "s.yaml"), { seed: 1 });
  for (const part of partsOf(whole, 2)) {
    expect(part).toMatchObject({ adaptive: { fromPerS: 2, maxPerS: 20 }, arrivalEndMs: null });
  }
});

const partsOf = (plan: Plan, of: number): Plan[] =>
  Array.from({ length: of }, (_, at) => planPart(plan, { index: at + 1, of }));

test("in whatever number of parts, each device is in one of them as it is in the whole, start time and faults too", () => {
  fc.assert(
    fc.property(fleet, fc.integer({ min: 1, max: 8 }), (given, wanted) => {
      const whole = planOf(given);
      const of = Math.min(wanted, whole.devices.length);
      const parts = partsOf(whole, of);
      const dealt = parts.flatMap(({ devices }) => devices);
      expect(dealt.toSorted((a, b) => a.index - b.index)).toEqual(whole.devices);
      const slots = parts.reduce((sum, { concurrency = 0 }) => sum + concurrency, 0);
      expect(slots).toBe(whole.concurrency);
      expect(Math.max(...parts.map(({ arrivalEndMs }) => arrivalEndMs ?? Infinity))).toBe(
        whole.arrivalEndMs,
      );
    }),
    { numRuns: 50 },
  );
});

test("each twin of the timeline is patched by the part that has its device, and by no other", () => {
  fc.assert(
    fc.property(fleet, fc.integer({ min: 1, max: 8 }), (given, wanted) => {
      const whole = planOf(given);
      const parts = partsOf(whole, Math.min(wanted, whole.devices.length));
      for (const [at, action] of whole.timeline.entries()) {
        const patched = parts.flatMap((part) => part.timeline[at]?.selection.ids ?? []);
        expect(patched.toSorted()).toEqual(action.selection.ids.toSorted());
      }
      for (const part of parts) {
        const own = new Set(part.devices.map(({ registrationId }) => registrationId));
        for (const { selection } of part.timeline) {
          expect(selection.ids.filter((id) => !own.has(id))).toEqual([]);
        }
      }
    }),
    { numRuns: 50 },
  );
});

const SMALL: Fleet = { caves: 3, belts: 2, concurrency: 8, percent: 40 };

test("more parts than devices, or than devices that may connect at once, are refused with the mend", () => {
  const plan = planOf(SMALL);
  expect(shardProblems(plan, { index: 1, of: 5 })).toEqual([]);
  expect(shardProblems(plan, { index: 1, of: 6 })).toMatchObject(
    [{ place: "--shard", message: expect.stringContaining("(5), got 6"), hint: /fewer parts/ }].map(
      (problem) => ({ ...problem, hint: expect.stringMatching(problem.hint) }),
    ),
  );
  expect(shardProblems({ ...plan, concurrency: 3 }, { index: 1, of: 4 })).toMatchObject([
    { place: "--shard", message: expect.stringContaining("arrival.concurrency is 3") },
  ]);
});

const NAMES = new Map([
  ["cheese-cave", { name: "cheese-cave" }],
  ["/here/belt.ts", { name: "conveyor" }],
  ["/there/belt.ts", { name: "conveyor" }],
]);

test("parts share the limit on attempts, and more of them than it lets go in a second are refused", () => {
  const whole: Plan = {
    ...planOf({ caves: 9, belts: 9, concurrency: 50, percent: 1 }),
    attemptsPerS: 7.5,
  };
  expect(partsOf(whole, 3).map((part) => part.attemptsPerS)).toEqual([3.5, 2, 2]);
  expect(shardProblems(whole, { index: 1, of: 7 })).toEqual([]);
  expect(shardProblems(whole, { index: 1, of: 8 })).toEqual([
    {
      place: "--shard",
      message:
        "expected at most as many parts as attempts to connect in a second (the limit is 450/m), got 8",
      hint: "take fewer parts, or a higher limit",
    },
  ]);
});

test("the fingerprint is that of what the run does, whatever paths and secrets are called on a machine", () => {
  const plan = planOf(SMALL);
  const fingerprint = planFingerprint(plan, NAMES);
  expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
  const at = (model: string, password: string): Plan => ({
    ...plan,
    devices: plan.devices.map((device) => ({
      ...device,
      model: device.model === "conveyor" ? model : device.model,
      credentials: { format: "pfx", password: { env: password } },
    })),
  });
  const [here, there] = [at("/here/belt.ts", "A"), at("/there/belt.ts", "B")].map((each) =>
    planFingerprint(each, NAMES),
  );
  expect(there).toBe(here);
  // Another kind of credentials is another test.
  expect(here).not.toBe(fingerprint);
});

test("another seed, device, threshold or time is another plan", () => {
  const plan = planOf(SMALL);
  const others = [
    planOf(SMALL, 2),
    planOf({ ...SMALL, belts: 3 }),
    { ...plan, thresholds: ["throttled count == 0"] },
    { ...plan, durationMs: 1_000 },
  ];
  const all = [plan, ...others].map((each) => planFingerprint(each, NAMES));
  expect(new Set(all).size).toBe(5);
});
