import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { model as cave } from "../../../devices/cheese-cave/index.ts";
import { model as belt } from "../../../devices/conveyor/index.ts";
import { DEVICE_FAULT_NAMES } from "../../../src/base/device-fault-kinds.ts";
import type { Problem } from "../../../src/base/errors.ts";
import { FleetError } from "../../../src/base/errors.ts";
import type { FaultyModel } from "../../../src/plan/fault-problems.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

const FLEET = `name: s
provisioning: { group: g }
fleet:
  - model: cave
    count: 2
    registrationId: cave-{n}
    faults:
      - { kind: doorOpen, every: 10m, for: 20s, wide: true }
  - { model: belt, count: 1, registrationId: belt-1 }
`;

/** Kinds of two models: a door, and a wheel whose only good parameter is `round: true`. */
const MODELS: Readonly<Record<string, FaultyModel>> = {
  cave: { name: "cave", faults: { doorOpen: { check: () => [] } } },
  belt: {
    name: "belt",
    faults: {
      brokenWheel: { check: (given) => (given["round"] === true ? [] : ["round: must be"]) },
    },
  },
};

const planOf = (text: string): Plan =>
  makePlan(parseScenario(FLEET + text, "s.yaml"), {
    seed: 1,
    modelOf: (model) => MODELS[model],
  });

function problemsOf(text: string): readonly Problem[] {
  try {
    planOf(text);
  } catch (error) {
    if (error instanceof FleetError) return error.problems;
    throw error;
  }
  return [];
}

test("a device has the faults of its entry, then those of the timeline", () => {
  const { devices } = planOf(
    `timeline: [{ at: 12s, fault: { kind: dropout, devices: "*-1", for: 3s, messages: 50% } }]`,
  );
  const door = {
    kind: "doorOpen",
    parameters: { wide: true },
    times: { by: "chance", everyMs: 600_000, forMs: 20_000 },
  };
  const dropout = {
    kind: "dropout",
    parameters: { messages: "50%" },
    times: { by: "script", at: "12s", atMs: 12_000, forMs: 3_000 },
  };
  expect(devices.map(({ registrationId, faults }) => [registrationId, faults])).toEqual([
    ["cave-1", [door, dropout]],
    ["cave-2", [door]],
    ["belt-1", [dropout]],
  ]);
});

test("a kind that the model of a device does not have is told with what it has", () => {
  const problems = problemsOf(`timeline:
  - { at: 1s, fault: { kind: brokenWheel, devices: "*", round: true } }
  - { at: 1s, fault: { kind: doorOpne, devices: cave-1 } }`);
  expect(problems.map(({ place, message }) => `${place}: ${message}`)).toEqual([
    'timeline[0].fault.kind: a cave has no fault "brokenWheel"',
    'timeline[1].fault.kind: a cave has no fault "doorOpne"',
  ]);
  expect(problems[1]?.hint).toMatch(
    /^did you mean doorOpen\? cave has doorOpen; every device has notANumber, wrongType,/,
  );
});

test("parameters that the model refuses, and selections that pick nothing, are told together", () => {
  expect(
    problemsOf(`timeline:
  - { at: 1s, fault: { kind: brokenWheel, devices: [belt-1, "mill-*"] } }
  - { at: 1s, twin: { devices: cave-9, desired: {} } }`).map(
      ({ place, message }) => `${place}: ${message}`,
    ),
  ).toEqual([
    'timeline[0].fault.devices: "mill-*" picks no device in this fleet of 3',
    'timeline[1].twin.devices: there is no device "cave-9" in this fleet of 3',
    "timeline[0].fault: round: must be",
  ]);
});

test("the shipped faulty fleet has faults that its models and the fleet know, at devices that it has", () => {
  const text = readFileSync("scenarios/faulty-fleet.yaml", "utf8");
  const shipped: ReadonlyMap<string, FaultyModel> = new Map(
    [cave, belt].map((model) => [model.name, model]),
  );
  const scenario = parseScenario(text, "faulty-fleet.yaml");
  const { devices } = makePlan(scenario, { seed: 1, modelOf: (name) => shipped.get(name) });
  const kinds = new Set(devices.flatMap(({ faults = [] }) => faults.map(({ kind }) => kind)));
  expect([...kinds]).toEqual(expect.arrayContaining([...DEVICE_FAULT_NAMES, "sensorStuck", "jam"]));
});
