import { expect, test } from "vitest";

import type { DeviceModel } from "../../../../src/model/model.ts";
import { draftPlan } from "../../../../src/plan/make-plan.ts";
import { sampleFleet } from "../../../../src/run/forecast/sample-fleet.ts";
import { parseScenario } from "../../../../src/scenario/scenario.ts";
import { refusal } from "../../../support/refusal.ts";

const SCENARIO = `name: letters
provisioning:
  group: letters
  initialTwin: { properties: { desired: { every: 2 } } }
fleet:
  - { model: letters, count: 3, registrationId: "a-{n}", settings: { length: { list: [1, 2, 3] } } }
  - { model: letters, count: 20, registrationId: "b-{n}", settings: { length: 7 } }
`;

/** Sends a text of its length, every interval that the twin says; `length: 13` breaks it. */
const letters: DeviceModel = {
  name: "letters",
  defaults: { length: 1 },
  checkSettings: () => [],
  create: ({ settings: { length } }) => {
    let intervalS: number | undefined;
    return {
      get intervalS() {
        return intervalS;
      },
      step: () => {
        if (length === 13) throw new RangeError("unlucky");
        return [{ body: "x".repeat(Number(length)), properties: {} }];
      },
      desired: ({ every }) => {
        intervalS = Number(every);
        return undefined;
      },
      methods: {},
      snapshot: () => null,
      restore: () => {},
    };
  },
};

function sampled(text: string) {
  const scenario = parseScenario(text, "letters.yaml");
  const defaults = scenario.fleet.map(() => letters.defaults);
  const { plan } = draftPlan(scenario, { seed: 1, defaults });
  const models = new Map([["letters", letters]]);
  return sampleFleet({ scenario, whole: plan, models, modelsDir: "/" });
}

test("each device has a sample of its own entry, where there are few its own, and the twin's interval", async () => {
  const samples = await sampled(SCENARIO);
  const added = "seq12345boot12026-01-31T12:00:00.000Z".length;
  expect(samples.map(({ sizes }) => (sizes[0] ?? 0) - added)).toEqual([
    1,
    2,
    3,
    ...Array.from({ length: 20 }, () => 7),
  ]);
  expect(new Set(samples.map(({ intervalMs }) => intervalMs))).toEqual(new Set([2_000]));
});

test("devices that throw are told by their entries, what several throw alike once", async () => {
  const error = await refusal(
    sampled(SCENARIO.replace("[1, 2, 3]", "[1, 13, 3]").replace("length: 7", "length: 13")),
  );
  expect(error.code).toBe("SCENARIO_INVALID");
  const told = error.problems.map(({ place, message }) => `${place}: ${message}`);
  expect(told[0]).toMatch(
    /^fleet\[0\]\.model letters: in its first steps "a-2" threw RangeError: unlucky/,
  );
  expect(told.filter((text) => text.startsWith("fleet[1]"))).toHaveLength(1);
});
