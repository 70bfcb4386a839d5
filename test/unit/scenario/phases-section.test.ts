import { expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, SMALLEST } from "./scenario-text.ts";

test("phases are spans by name, in their order", () => {
  const text = `${SMALLEST}phases: [{ name: arrival, at: 0s }, { name: steady, at: 1.5m }]\n`;
  expect(parseScenario(text, "x.yaml").phases).toEqual([
    { name: "arrival", atMs: 0 },
    { name: "steady", atMs: 90_000 },
  ]);
});

test("names that stand twice, times that do not grow, and what is no phase are told at once", () => {
  const text = `${SMALLEST}phases:
  - { name: a, at: 10s }
  - { name: a, at: 10s }
  - { name: b, at: 5 }
  - { name: c, at: 9s, untill: 12s }
  - { name: "two words", at: 20s }
`;
  expect(problemsIn(text)).toEqual([
    {
      place: "x.yaml:8:16 phases[2].at",
      message: "expected a duration such as 5s, 500ms or 2m, got 5",
    },
    {
      place: "x.yaml:9:24 phases[3].untill",
      message: 'unknown key "untill"',
      hint: "known here: name, at",
    },
    {
      place: "x.yaml:10:7 phases[4].name",
      message:
        'expected a name of 1 to 64 letters, digits, dots, hyphens and underscores, got "two words"',
    },
    {
      place: "x.yaml:7:7 phases[1].name",
      message: 'expected a name of its own, got "a", as phases[0] has it',
    },
    {
      place: "x.yaml:7:16 phases[1].at",
      message: "expected a time after 10s, when phases[0] begins, got 10s",
    },
  ]);
});

test("there are 20 at most", () => {
  const phases = Array.from({ length: 21 }, (_, n) => `{ name: p${n}, at: ${n}s }`).join(", ");
  expect(problemsIn(`${SMALLEST}phases: [${phases}]\n`)).toEqual([
    { place: "x.yaml:5:1 phases", message: "expected at most 20 phases" },
  ]);
});
