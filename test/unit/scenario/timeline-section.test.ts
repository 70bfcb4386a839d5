import { expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import type { TimelineEntry } from "../../../src/scenario/timeline-section.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

const HEAD =
  "name: x\nprovisioning: { group: g }\nfleet: [{ model: cheese-cave, count: 1, registrationId: cave-1 }]\n";

const timelineOf = (...entries: readonly string[]): readonly TimelineEntry[] =>
  parseScenario(`${HEAD}timeline: [${entries.join(", ")}]`, "x.yaml").timeline;

function problemsOf(...entries: readonly string[]): readonly string[] {
  try {
    timelineOf(...entries);
    return [];
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    return error.problems.map(({ place, message }) => `${place.replace(/^\S+ /, "")}: ${message}`);
  }
}

const TWIN = "twin: { devices: cave-1, desired: { a: 1 } }";

test("an entry is due after time 0, after all are connected, or after another one has ended", () => {
  const entries = timelineOf(
    `{ name: first, at: 2s, ${TWIN} }`,
    `{ after: connected, at: 5s, ${TWIN} }`,
    "{ after: first, mark: half way, repeat: { times: 3, every: 2s } }",
  );
  expect(entries.map(({ at, atMs, after, repeat }) => ({ at, atMs, after, repeat }))).toEqual([
    { at: "2s", atMs: 2_000, after: undefined, repeat: { times: 1, everyMs: 1_000 } },
    { at: "connected + 5s", atMs: 5_000, after: "connected", repeat: { times: 1, everyMs: 1_000 } },
    { at: "first + 0s", atMs: 0, after: "first", repeat: { times: 3, everyMs: 2_000 } },
  ]);
  expect(entries[2]?.action).toEqual({ kind: "mark", text: "half way" });
});

test("devices are ids, patterns, shares, numbers and conditions, or a list of them", () => {
  const [entry] = timelineOf(
    "{ at: 1s, twin: { devices: [cave-1, 5, 20%, { model: cheese-cave, hub: h.azure-devices.net, pick: 10% }, { model: cheese-cave, pick: 2 }], desired: { a: 1 } } }",
  );
  expect(entry?.action).toMatchObject({
    devices: [
      { pick: "cave-1" },
      { pick: "5" },
      { pick: "20%" },
      { model: "cheese-cave", hub: "h.azure-devices.net", pick: "10%" },
      { model: "cheese-cave", pick: "2" },
    ],
  });
});

test("an entry without a time, without an action or with two of them is told", () => {
  expect(problemsOf(`{ ${TWIN} }`)).toEqual([
    "timeline[0]: expected at: or after:, which say when it is due, got neither",
  ]);
  expect(problemsOf("{ at: 1s }")[0]).toMatch(
    /^timeline\[0\]: expected one action of twin, .*, got none$/,
  );
  expect(problemsOf(`{ at: 1s, mark: x, ${TWIN} }`)[0]).toContain("got twin and mark");
});

test("names that stand twice and anchors that are not there or go round in a circle are told", () => {
  expect(
    problemsOf(
      "{ name: a, at: 1s, mark: x }",
      "{ name: a, after: b, mark: x }",
      "{ name: connected, at: 1s, mark: x }",
      "{ name: c, after: d, mark: x }",
      "{ name: d, after: c, mark: x }",
      "{ after: d, mark: x }",
    ),
  ).toEqual([
    "timeline[2].name: expected another name: after: connected is when all devices are connected",
    'timeline[1].name: expected a name of its own, got "a", as timeline[0] has it',
    'timeline[1].after: expected connected, a, c, d, which this timeline has, got "b"',
    'timeline[3].after: expected an entry that does not wait for this one, got "d"',
    'timeline[4].after: expected an entry that does not wait for this one, got "c"',
  ]);
});

test("devices leave, come back, or both all the time", () => {
  const entries = timelineOf(
    "{ at: 1s, stop: { devices: 20% } }",
    "{ at: 1s, stop: { devices: cave-1, how: powerCut, for: 30s } }",
    "{ at: 1s, start: { devices: cave-1, over: 2s } }",
    "{ at: 1s, churn: { devices: 50%, rate: 30/m, away: 20s, for: 5m, how: powerCut } }",
  );
  expect(entries.map(({ action }) => action)).toEqual([
    { kind: "stop", devices: [{ pick: "20%" }], how: "inOrder" },
    { kind: "stop", devices: [{ pick: "cave-1" }], how: "powerCut", forMs: 30_000 },
    { kind: "start", devices: [{ pick: "cave-1" }], overMs: 2_000 },
    {
      kind: "churn",
      devices: [{ pick: "50%" }],
      how: "powerCut",
      ratePerS: 0.5,
      awayMs: 20_000,
      forMs: 300_000,
    },
  ]);
  const problems = problemsOf(
    "{ at: 1s, stop: { devices: cave-1, how: gently, for: 0s } }",
    "{ at: 1s, churn: { devices: cave-1, rate: 0/s } }",
  );
  expect(problems.join("\n")).toMatch(/stop\.how: expected one of inOrder, powerCut, got "gently"/);
  expect(problems.join("\n")).toMatch(/stop\.for: /);
  expect(problems.join("\n")).toMatch(/churn\.rate: expected a rate above 0 such as 5\/s or 30\/m/);
  expect(problems.join("\n")).toMatch(/churn\.away: /);
});

test("a twin action merges once, unless it says otherwise", () => {
  const [merged, replaced] = timelineOf(
    `{ at: 1s, ${TWIN} }`,
    "{ at: 1s, repeat: { times: 3, every: 1s }, twin: { devices: cave-1, desired: { a: 1, b: { c: 2 } }, mode: replace, step: { b: { c: 0.5 } }, timeout: 5s, seen: false } }",
  );
  expect(merged?.action).toMatchObject({ mode: "merge", seen: true, timeoutMs: 30_000 });
  expect(replaced?.action).toMatchObject({
    mode: "replace",
    step: { b: { c: 0.5 } },
    seen: false,
    timeoutMs: 5_000,
  });
});

test("a step is refused where there are no rounds, or no number to add it to", () => {
  const step = "twin: { devices: cave-1, desired: { a: 1, b: x }, step: { a: 1, b: 1, c: 1 } }";
  expect(problemsOf(`{ at: 1s, ${step} }`)).toEqual([
    'timeline[0].twin.step.b: expected a number there in desired too, got "x"',
    "timeline[0].twin.step.c: expected a number there in desired too, got nothing",
    "timeline[0].twin.step: expected repeat: too, whose rounds it is for, got none",
  ]);
});
