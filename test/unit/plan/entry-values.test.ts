import fc from "fast-check";
import { expect, test } from "vitest";
import { model as template } from "../../../devices/template/index.ts";
import type { Problem } from "../../../src/base/errors.ts";
import { FleetError } from "../../../src/base/errors.ts";
import type { JsonObject } from "../../../src/base/json.ts";
import { valueFiles } from "../../../src/plan/entry-values.ts";
import { draftPlan, makePlan } from "../../../src/plan/make-plan.ts";
import type { DeviceSpec } from "../../../src/plan/plan.ts";
import { parseValueTable } from "../../../src/plan/value-table.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

interface Entry {
  readonly id: string;
  readonly count: number;
  readonly settings?: JsonObject;
  readonly interval?: string | JsonObject;
}

/** What the model of every entry here has by itself. */
const OWN: JsonObject = { warmth: 20, phase: 0, name: "x", shape: { of: "it" }, on: true };
const TABLE = parseValueTable(
  "registrationId,n,name\nb1,12,007\na1,1.5e1,abc\na2,true,x\n",
  "v.csv",
);
const tables = new Map([["v.csv", TABLE.table]]);

const scenarioOf = (entries: readonly Entry[]): Scenario =>
  parseScenario(
    JSON.stringify({
      name: "s",
      provisioning: { group: "g" },
      fleet: entries.map(({ id, count, settings = {}, interval = "5s" }) => ({
        model: "any",
        count,
        registrationId: id,
        settings,
        telemetry: { interval },
      })),
    }),
    "s.yaml",
  );

function planned(entries: readonly Entry[], seed = 1): readonly DeviceSpec[] {
  const defaults = entries.map(() => OWN);
  return makePlan(scenarioOf(entries), { seed, defaults, tables }).devices;
}

const one = (settings: JsonObject, id = "a{n}", count = 1): JsonObject | undefined =>
  planned([{ id, count, settings }])[0]?.settings;

function problemsOf(entries: readonly Entry[]): readonly Problem[] {
  try {
    planned(entries);
  } catch (error) {
    if (error instanceof FleetError) return error.problems;
    throw error;
  }
  return [];
}

test("settings without a distribution are one object for all devices", () => {
  const [first, second] = planned([{ id: "a{n}", count: 2, settings: { warmth: 3 } }]);
  expect(first?.settings).toEqual({ warmth: 3 });
  expect(second?.settings).toBe(first?.settings);
});

test("the word uniform is a number in [0, 1), and a word where the model has no number", () => {
  const settings = one({ phase: "uniform", name: "uniform", on: "uniform", other: "uniform" });
  const numbers = { phase: expect.any(Number), other: expect.any(Number) };
  expect(settings).toEqual({ ...numbers, name: "uniform", on: "uniform" });
  expect(settings?.["phase"]).toBeGreaterThanOrEqual(0);
  expect(settings?.["phase"]).toBeLessThan(1);
});

test("a template's fields are never a distribution, whatever they are called", () => {
  const settings = {
    fields: { list: { list: [1, 2] } },
    properties: { column: "a", file: "b.csv" },
    twin: { uniform: [0, 1] },
  };
  const scenario = scenarioOf([{ id: "t", count: 1, settings }]);
  const plan = makePlan(scenario, { seed: 1, defaults: [template.defaults] });
  expect(plan.devices[0]?.settings).toEqual(settings);
});

test("a setting that is a mapping in the model is left as it is written", () => {
  const settings = { shape: { list: [1, 2] } };
  expect(one(settings)).toEqual(settings);
});

test("cells are numbers, switches and texts; where the model has a text, texts", () => {
  const n = { column: "n", file: "v.csv" };
  const name = { column: "name", file: "v.csv" };
  const settings = { warmth: n, name };
  expect(planned([{ id: "a{n}", count: 2, settings }]).map((device) => device.settings)).toEqual([
    { warmth: 15, name: "abc" },
    { warmth: true, name: "x" },
  ]);
  expect(one(settings, "b{n}")).toEqual({ warmth: 12, name: "007" });
  expect(one({ phase: name }, "b{n}")).toEqual({ phase: 7 });
});

const intervals = (interval: JsonObject): readonly number[] =>
  planned([{ id: "a{n}", count: 200, interval }]).map(({ telemetry }) => telemetry.intervalMs);

test("intervals are whole milliseconds within their bounds, dealt like settings", () => {
  expect(intervals({ list: ["1s", "5s", "1m"] }).slice(0, 4)).toEqual([
    1_000, 5_000, 60_000, 1_000,
  ]);
  const even = intervals({ uniform: ["4s", "6s"] });
  expect(even.every((ms) => Number.isInteger(ms) && ms >= 4_000 && ms <= 6_000)).toBe(true);
  expect(new Set(even).size).toBeGreaterThan(150);
  expect(Math.min(...intervals({ normal: ["1s", "10s"], min: "500ms" }))).toBe(500);
});

test("what a device draws depends on seed, id and the setting's name alone: not on size, order or what else is set", () => {
  const warmth = { normal: [20, 2] };
  const known = one({ warmth });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.boolean(), (count, last) => {
      const caves: Entry = {
        id: "a{n}",
        count,
        settings: { phase: "uniform", warmth },
        interval: { uniform: ["1s", "2s"] },
      };
      const others: Entry = { id: "b{n}", count: 3, settings: { warmth } };
      const devices = planned(last ? [others, caves] : [caves, others]);
      const first = devices.find(({ registrationId }) => registrationId === "a1");
      expect(first?.settings["warmth"]).toBe(known?.["warmth"]);
      expect(new Set(devices.map(({ settings }) => settings["warmth"])).size).toBe(count + 3);
    }),
  );
  expect(planned([{ id: "a1", count: 1, settings: { warmth } }], 2)[0]?.settings).not.toEqual(
    known,
  );
});

test("all wrong distributions are told at once, each at its place", () => {
  const settings = {
    warmth: { normal: [20] },
    phase: { unifrom: [0, 1] },
    name: { column: "nam", file: "v.csv" },
  };
  expect(problemsOf([{ id: "a{n}", count: 2, settings }])).toEqual([
    { place: "fleet[0].settings.warmth.normal", message: "expected [mean, standard deviation]" },
    {
      place: "fleet[0].settings.phase",
      message: 'unknown key "unifrom"; did you mean uniform?',
    },
    {
      place: "fleet[0].settings.name",
      message: 'there is no column "nam" in v.csv; did you mean name?',
    },
  ]);
});

test("devices without a row are told, a few of them", () => {
  const interval = { column: "n", file: "v.csv" };
  const settings = { warmth: interval };
  const problems = problemsOf([{ id: "c{n}", count: 9, settings, interval }]);
  expect(problems).toHaveLength(6);
  expect(problems[0]).toEqual({
    place: "v.csv",
    message: 'expected a row of "c1", got none',
  });
  expect(problems[5]?.message).toBe("and 4 more like these");
  expect(problemsOf([{ id: "b{n}", count: 1, interval }])).toMatchObject([
    { message: 'expected a duration above 0 such as 5s under "n" in v.csv:2, got "12"' },
  ]);
});

test("a value that a device cannot have is left out of its settings, which are judged without it", () => {
  const settings = { warmth: { column: "n", file: "v.csv" }, on: false };
  const scenario = scenarioOf([{ id: "a{n}", count: 3, settings }]);
  const { plan, problems } = draftPlan(scenario, { seed: 1, defaults: [OWN], tables });
  expect(plan.devices.map((device) => device.settings)).toEqual([
    { warmth: 15, on: false },
    { warmth: true, on: false },
    { on: false },
  ]);
  expect(problems).toMatchObject([{ place: "v.csv" }]);
});

const column = (file: string): JsonObject => ({ column: "n", file });

test("the tables of a scenario are named once", () => {
  const scenario = scenarioOf([
    {
      id: "a{n}",
      count: 1,
      settings: { warmth: column("v.csv"), shape: column("no.csv"), phase: column("w.csv") },
      interval: column("i.csv"),
    },
    { id: "b{n}", count: 1, settings: { warmth: column("v.csv") } },
  ]);
  expect(valueFiles(scenario, [OWN, OWN])).toEqual(["v.csv", "w.csv", "i.csv"]);
});
