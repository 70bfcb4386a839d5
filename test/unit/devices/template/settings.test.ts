import { expect, test } from "vitest";
import fc from "fast-check";
import { model } from "../../../../devices/template/index.ts";
import type { JsonObject } from "../../../../src/model/model.ts";

test("every problem is told at once, with its path and what is near", () => {
  expect(
    model.checkSettings({
      propertys: {},
      contentType: "xml",
      modelId: "thermostat",
      fields: {
        typo: { uniformm: { min: 0, max: 1 } },
        period: { sine: { perod: 3 } },
        negative: { normal: [1, -2] },
        lonely: { decimals: 2 },
        empty: {},
        two: { constant: 1, list: [1] },
        nested: { inner: { uniform: [3, 1] } },
        from: { from: "sepoint" },
        mean: { normal: { mean: { from: "mode" }, sd: 1 } },
        file: { replay: { colum: "a" } },
        none: { list: [] },
        count: { counter: { start: 1, step: 0, max: 0 } },
        walk: { randomWalk: { start: 9, step: 1, min: 0, max: 5 } },
        stamp: { timestamp: { start: "soon" } },
        once: { once: { sine: { period: 3 } } },
        "a.b": 1,
        rows: { replay: { file: "a.csv", column: "a", timeScale: 2 } },
      },
      properties: { seq: 1, hot: { when: "perod > 3" }, bare: { when: "count >" }, list: [1] },
      twin: {
        echo: "flt",
        desired: {
          setpoint: { type: "numbr" },
          mode: "eco",
          low: { default: 3, min: 5 },
          "a b": 1,
        },
        interval: "mode",
      },
      methods: { reset: { status: 0, set: { lo: 1, low: "x" } }, bad: 5 },
    }),
  ).toEqual([
    'twin.echo: expected one of flat, ack, none, got "flt"',
    'twin.desired.setpoint.type: expected one of number, integer, text, boolean, any, got "numbr"',
    "twin.desired.setpoint.default: expected the value before a twin has one, got nothing",
    "twin.desired.low.default: expected a number of at least 5, got 3",
    "twin.desired.a b: expected a name without . $ # and spaces, as twins want it",
    "twin.desired.mode: expected a number: it is the interval, got a text",
    "fields.typo.uniformm: there is no such generator; did you mean uniform?; fields within a field of such names are written as { object: { … } }",
    "fields.period.sine.period: expected a number above 0, got nothing",
    "fields.period.sine.perod: there is no such setting; did you mean period?",
    "fields.negative.normal.sd: expected a number of at least 0, got -2",
    "fields.lonely: expected a generator beside decimals, got none",
    "fields.empty: expected at least one field, got none",
    "fields.two: expected one generator, got constant and list",
    "fields.nested.inner.uniform.max: expected at least min, 3, got 1",
    'fields.from.from: "sepoint": there is no such desired property; there are mode, low, a b',
    'fields.mean.normal.mean.from: "mode": there is no such desired property that holds a number; there are low, a b',
    "fields.file.replay.file: expected a text, got nothing",
    "fields.file.replay.column: expected a text, got nothing",
    "fields.file.replay.colum: there is no such setting; did you mean column?",
    "fields.none.list: expected a list with at least one value",
    "fields.count.counter.step: expected a number other than 0, got 0",
    "fields.walk.randomWalk.start: expected a number from min to max, got 9",
    'fields.stamp.timestamp.start: expected a date and time such as 2026-01-01T00:00:00Z, got "soon"',
    'fields.once.once: "sine": there is no such generator that draws; there are normal, uniform, boolean, list',
    "fields.a.b: expected a name without dots",
    "fields.rows.replay.timeScale: expected time or every beside it, without which each message takes a row, got 2",
    "properties.seq: expected another name: the fleet numbers messages by this one",
    'properties.hot.when: "perod": there is no such field or desired property; did you mean period?',
    'properties.bare.when: expected a comparison such as temperature > 30, got "count >"',
    "properties.list: expected a text, a number, true, false, { field } or { when }, got a list",
    'contentType: expected one of json, none, got "xml"',
    'modelId: expected a DTMI such as dtmi:com:example:Thermostat;1, got "thermostat"',
    "methods.reset.status: expected a whole number other than 0, got 0",
    "methods.reset.set.lo: there is no such desired property; did you mean low?",
    'methods.reset.set.low: expected a number of at least 5, or "{payload}" for what the caller sends',
    "methods.bad: expected { status, payload, … }, got 5",
    "propertys: there is no such setting; did you mean properties?",
  ]);
});

test("a message without fields is none", () => {
  const example = "the fields of the message, such as { temperature: { uniform: [20, 30] } }";
  expect(model.checkSettings({})).toEqual([`fields: expected ${example}, got nothing`]);
  expect(model.checkSettings({ fields: {} })).toEqual([`fields: expected ${example}, got none`]);
});

test("whatever stands in the settings, checking them ends in problems and never throws", () => {
  const generators = ["sine", "normal", "list", "replay", "from", "object", "timestamp", "counter"];
  const key = fc.constantFrom(
    ...generators,
    "fields",
    "twin",
    "methods",
    "properties",
    "desired",
    "a",
  );
  const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
    tree: fc.oneof(
      { depthSize: "small" },
      tie("leaf"),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, tree, { maxKeys: 5 }), (settings) => {
      const raw: JsonObject = JSON.parse(JSON.stringify(settings));
      for (const problem of model.checkSettings(raw))
        expect(problem).toMatch(/^\S.*: expected |^\S.*: .*there is no/);
    }),
    { numRuns: 500 },
  );
});
