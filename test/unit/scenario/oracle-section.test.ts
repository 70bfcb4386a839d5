import { expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, SMALLEST } from "./scenario-text.ts";

const withOracle = (oracle: string) => parseScenario(`${SMALLEST}${oracle}\n`, "x.yaml");

test("an oracle looks every 5 s and tolerates 10 s unless it is told otherwise, and there is none unasked", () => {
  expect(withOracle("").oracle).toBe(undefined);
  expect(withOracle("oracle: {}").oracle).toEqual({ everyMs: 5_000, toleratesMs: 10_000 });
  expect(withOracle("oracle: { every: 200ms, tolerates: 2m }").oracle).toEqual({
    everyMs: 200,
    toleratesMs: 120_000,
  });
});

test("every wrong member is told at its place", () => {
  const problems = problemsIn(`${SMALLEST}oracle: { every: 50ms, tolerates: 5, evry: 1s }\n`);
  expect(problems).toMatchObject([
    {
      place: "x.yaml:5:11 oracle.every",
      message: 'expected a duration of 100ms or more such as 5s, got "50ms"',
    },
    {
      place: "x.yaml:5:24 oracle.tolerates",
      message: "expected a duration of 1s or more such as 10s, got 5",
    },
    { place: "x.yaml:5:38 oracle.evry", hint: "did you mean every?" },
  ]);
});
