import fc from "fast-check";
import { expect, test } from "vitest";
import { settingsProblems } from "../../../../devices/shared/settings.ts";

const RULES = {
  dialect: { kind: "choice", choices: ["module", "dps"] },
  share: { kind: "number", least: 0, most: 100, unit: "%" },
  interval: { kind: "number", above: 0, most: 60, unit: "s" },
  count: { kind: "number", least: 1, whole: true },
  depth: { kind: "number" },
  name: { kind: "text", longest: 5 },
  loud: { kind: "flag" },
} as const;

test("good settings have no problems, and none need be there", () => {
  expect(settingsProblems(RULES, {})).toEqual([]);
  const good = { share: 0, interval: 60, count: 3, depth: -1e9, name: "cave", loud: false };
  expect(settingsProblems(RULES, { dialect: "dps", ...good })).toEqual([]);
});

test("every problem is told at once, with what is expected and what came", () => {
  const bad = { share: 101, interval: 0, count: 1.5, depth: "deep", name: "too long", loud: 1 };
  expect(settingsProblems(RULES, { dialect: "dsp", ...bad, shares: 5, color: "red" })).toEqual([
    'dialect: expected one of module, dps, got "dsp"',
    "share: expected a number from 0 to 100 (%), got 101",
    "interval: expected a number above 0 and at most 60 (s), got 0",
    "count: expected a whole number of at least 1, got 1.5",
    'depth: expected a number, got "deep"',
    'name: expected a text of 1 to 5 characters, got "too long"',
    "loud: expected true or false, got 1",
    "shares: there is no such setting; did you mean share?",
    "color: there is no such setting; there are dialect, share, interval, count, depth, name, loud",
  ]);
});

test("what an entry is called can be said", () => {
  expect(settingsProblems({}, { after: 1 }, "parameter")).toEqual([
    "after: there is no such parameter; there are none",
  ]);
});

test("names that every object has are no settings", () => {
  expect(settingsProblems(RULES, { constructor: "x", toString: 1 })).toHaveLength(2);
});

test("any JSON gives a list of problems, one for each entry at most", () => {
  const raw = fc.dictionary(fc.constantFrom(...Object.keys(RULES), "x"), fc.jsonValue());
  fc.assert(
    fc.property(raw, (settings) => {
      const json = JSON.parse(JSON.stringify(settings));
      expect(settingsProblems(RULES, json).length).toBeLessThanOrEqual(Object.keys(json).length);
    }),
  );
});
