import { expect, test } from "vitest";
import type { Problem } from "../../../src/base/errors.ts";
import { thresholdProblems } from "../../../src/plan/threshold-problems.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

const SCENARIO = `name: small
provisioning: { group: caves }
fleet:
  - { model: cheese-cave, count: 2, registrationId: "cave-{n}" }
  - { model: ./belt.mjs, count: 2, registrationId: "belt-{n}" }
alerts: [{ name: shaking, when: vibration > 8 }]
timeline: [{ at: 5s, fault: { kind: disconnect, devices: cave-1, for: 1s } }]
phases: [{ name: warm-up, at: 0s }, { name: steady, at: 30s }]
thresholds:
`;
const NAMES: Readonly<Record<string, string>> = { "cheese-cave": "cave", "./belt.mjs": "belt" };

function problemsOf(threshold: string, names = NAMES): readonly Problem[] {
  const scenario = parseScenario(`${SCENARIO}  - ${threshold}\n`, "small.yaml");
  return thresholdProblems(scenario, (model) => {
    const name = names[model];
    return name === undefined ? undefined : { name };
  });
}

test("an alert, a phase, a model or a fault that the scenario does not have is pointed at, with the nearest", () => {
  expect(problemsOf("alerts_raised{alert:shakng} == 0")).toEqual([
    {
      place: "small.yaml:10:5 thresholds[0]",
      message:
        'there is no alert "shakng" in this scenario (column 21)\n' +
        "  alerts_raised{alert:shakng} == 0\n                      ^",
      hint: "did you mean shaking?",
    },
  ]);
  expect(problemsOf("telemetry_ms{model:cave, phase:stedy} max < 1s")).toMatchObject([
    { message: expect.stringContaining("(column 32)"), hint: "did you mean steady?" },
  ]);
  expect(problemsOf("telemetry_ms{model:pump} max < 1s")).toMatchObject([
    { message: expect.stringContaining('no model "pump"'), hint: "it has cave, belt" },
  ]);
  expect(problemsOf("faults_begun{kind:disconect} == 0")).toMatchObject([
    { message: expect.stringContaining('no fault "disconect"'), hint: "did you mean disconnect?" },
  ]);
});

test("what is known has no problem, nor has what nothing is known of", () => {
  for (const threshold of [
    "alerts_raised{alert:shaking} == 0",
    "devices_alerted < 1%",
    "faults_begun{kind:disconnect} == 1",
    "telemetry_ms{model:belt,phase:warm-up,hub:anything} max < 1s",
  ]) {
    expect(problemsOf(threshold)).toEqual([]);
  }
  expect(problemsOf("telemetry_ms{model:pump} max < 1s", { "cheese-cave": "cave" })).toEqual([]);
});

test("a threshold over divergences needs an oracle that looks for them", () => {
  expect(problemsOf("twin_divergences == 0")).toMatchObject([
    {
      message: expect.stringContaining("nothing looks for divergences in this scenario"),
      hint: "give it an oracle: section",
    },
  ]);
  expect(problemsOf("twin_divergences == 0\noracle: {}")).toEqual([]);
});
