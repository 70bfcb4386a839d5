import { expect, test } from "vitest";
import type { FleetEntry } from "../../../src/scenario/scenario.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn } from "./scenario-text.ts";

const text = (interval: string): string =>
  `name: s
provisioning: { group: g }
fleet:
  - model: cheese-cave
    count: 2
    registrationId: "c{n}"
    telemetry: { interval: ${interval} }
`;
const intervalOf = (interval: string): FleetEntry["telemetry"]["intervalMs"] | undefined =>
  parseScenario(text(interval), "s.yaml").fleet[0]?.telemetry.intervalMs;

test("an interval is a duration or a distribution of durations, in ms", () => {
  expect(intervalOf("1.5s")).toBe(1_500);
  expect(intervalOf("{ uniform: [4s, 6s] }")).toEqual({ kind: "uniform", low: 4_000, high: 6_000 });
  expect(intervalOf("{ list: [1s, 5s, 1m] }")).toEqual({
    kind: "list",
    values: [1_000, 5_000, 60_000],
  });
  expect(intervalOf("{ normal: [5s, 500ms], min: 1s }")).toEqual({
    kind: "normal",
    mean: 5_000,
    sd: 500,
    min: 1_000,
    max: Infinity,
  });
  expect(intervalOf("{ column: every, file: caves.csv }")).toEqual({
    kind: "column",
    column: "every",
    file: "caves.csv",
  });
});

test.for([
  [
    "5",
    "s.yaml:7:18 fleet[0].telemetry.interval",
    "expected a duration above 0 such as 5s, 500ms or 2m, got 5",
  ],
  [
    "{ every: 5s }",
    "s.yaml:7:18 fleet[0].telemetry.interval",
    "expected a duration such as 5s, or one of normal, uniform, list, column, got a mapping",
  ],
  [
    "{ uniform: [0s, 6s] }",
    "s.yaml:7:40 fleet[0].telemetry.interval.uniform[0]",
    'expected a duration above 0 such as 5s, 500ms or 2m, got "0s"',
  ],
  [
    "{ normal: [5s, 1s] }",
    "s.yaml:7:18 fleet[0].telemetry.interval.min",
    "expected the shortest interval such as 1s, got nothing",
  ],
  [
    "{ list: [5s], file: x }",
    "s.yaml:7:42 fleet[0].telemetry.interval.file",
    'unknown key "file"; known here: list',
  ],
] as const)("%s is told at its place", ([interval, place, message]) => {
  expect(problemsIn(text(interval))).toEqual([
    { place: place.replace("s.yaml", "x.yaml"), message },
  ]);
});
