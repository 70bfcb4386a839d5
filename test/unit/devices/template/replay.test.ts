import { describe, expect, test } from "vitest";
import { model } from "../../../../devices/template/index.ts";
import type { JsonObject } from "../../../../src/model/model.ts";
import { numbersOf, templateOf, valuesOf } from "./templates.ts";

const DAY = `time,power,state
2026-03-01T06:00:00Z,10,low
2026-03-01T06:00:10Z,20,"medium, rising"
2026-03-01T06:00:30Z,40,high
`;
const LINES = `{"t":0,"at":{"power":10}}

{"t":10,"at":{"power":20},"state":null}
{"t":30,"at":{"power":40},"state":"x"}
`;
const files = { "day.csv": DAY, "day.ndjson": LINES };
const replay = (more: JsonObject): JsonObject => ({
  replay: { file: "day.csv", column: "power", ...more },
});

/** What the second check tells, which has the files. */
const told = (text: string, more: JsonObject = {}, file = "a.csv"): readonly string[] => {
  const settings = { fields: { v: { replay: { file, column: "v", ...more } } } };
  expect(model.checkSettings(settings)).toEqual([]);
  return model.checkSettings(settings, () => text);
};

describe("without a time", () => {
  test("each message takes the next row, from the first again after the last", () => {
    expect(valuesOf(replay({ column: "state" }), 4, { files })).toEqual([
      "low",
      "medium, rising",
      "high",
      "low",
    ]);
  });

  test("the last row is held, or the device falls silent, where the settings say so", () => {
    expect(valuesOf(replay({ end: "hold" }), 5, { files })).toEqual([10, 20, 40, 40, 40]);
    expect(valuesOf(replay({ end: "stop" }), 5, { files })).toEqual([10, 20, 40]);
  });

  test("it may begin at a row further on", () => {
    expect(valuesOf(replay({ offset: 2 }), 2, { files })).toEqual([40, 10]);
  });
});

describe("by its time", () => {
  const time = { time: "time" };

  test("a row holds until the next; the last one as long as the one before it", () => {
    const values = valuesOf(replay(time), 12, { files });
    expect(values).toEqual([10, 10, 20, 20, 20, 20, 40, 40, 40, 40, 10, 10]);
  });

  test("or is on the way to the next, and from the last to the first", () => {
    const field = replay({ ...time, interpolation: "linear" });
    const looped = [10, 15, 20, 25, 30, 35, 40, 32.5, 25, 17.5, 10, 15];
    expect(valuesOf(field, 12, { files })).toEqual(looped);
    const held = replay({ ...time, interpolation: "linear", end: "hold" });
    expect(valuesOf(held, 9, { files })).toEqual([10, 15, 20, 25, 30, 35, 40, 40, 40]);
  });

  test("goes faster by timeScale", () => {
    expect(valuesOf(replay({ ...time, timeScale: 2 }), 5, { files })).toEqual([10, 20, 20, 40, 40]);
  });

  test("has a row each so many seconds where the file has no time", () => {
    expect(valuesOf(replay({ every: 10 }), 6, { files })).toEqual([10, 10, 20, 20, 40, 40]);
  });

  test("is the same however its time is cut: steps of 1 and 5 s agree over three rounds", () => {
    for (const interpolation of ["hold", "linear"]) {
      const field = replay({ ...time, interpolation });
      const fine = numbersOf(field, 151, { files, dtS: 1 });
      expect(numbersOf(field, 31, { files, dtS: 5 })).toEqual(
        fine.filter((_value, at) => at % 5 === 0),
      );
    }
  });

  test("begins anywhere at random, each device at its own place", () => {
    const field = replay({ ...time, interpolation: "linear", offset: "random" });
    const starts = Array.from({ length: 10 }, (_, index) =>
      JSON.stringify(valuesOf(field, 1, { files, deviceId: `device-${index}` })),
    );
    expect(new Set(starts).size).toBe(10);
  });
});

describe("files", () => {
  test("NDJSON has a JSON object a line, and paths into it as columns", () => {
    const field = { replay: { file: "day.ndjson", column: "at.power", time: "t" } };
    expect(valuesOf(field, 4, { files })).toEqual([10, 10, 20, 20]);
  });

  test("an empty cell leaves what was there before, and is passed over between numbers", () => {
    const gap = { "gap.csv": "t,a\n0,1\n5,\n10,3\n" };
    const field = { file: "gap.csv", column: "a", time: "t" };
    expect(valuesOf({ replay: field }, 3, { files: gap })).toEqual([1, 1, 3]);
    expect(valuesOf({ replay: { ...field, interpolation: "linear" } }, 3, { files: gap })).toEqual([
      1, 2, 3,
    ]);
  });

  test("are those that the settings name, each once", () => {
    const fields = {
      a: replay({}),
      b: { c: replay({ column: "state" }) },
      d: { replay: { file: "x.csv", column: "y" } },
    };
    expect(model.files?.({ fields })).toEqual(["day.csv", "x.csv"]);
  });

  test.each([
    ["", {}, ["fields.v.replay: a.csv: expected rows, got none"]],
    ["v\n", {}, ["fields.v.replay: a.csv: expected rows, got none"]],
    ["w,x\n1,2\n", {}, ['fields.v.replay: a.csv: "v": there is no such column; there are w, x']],
    ['v\n1\n"2\n', {}, ["fields.v.replay: a.csv:3: a quote is not closed"]],
    [
      "t,v\n1,2\n3\n",
      {},
      ["fields.v.replay: a.csv:3: expected 2 cells as in the first line, got 1"],
    ],
    [
      "v\n1\nhigh\n",
      { every: 1, interpolation: "linear" },
      ['fields.v.replay: a.csv:3: v: expected a number, got "high"'],
    ],
    ["v,v\n1,2\n", {}, ["fields.v.replay: a.csv:1: the column v is there twice"]],
    ["t,v\n,1\n", {}, []],
    [
      "t,v\n1,\n2,3\n",
      {},
      ["fields.v.replay: a.csv:2: v: expected a value in the first row, got nothing"],
    ],
    [
      "t,v\nnoon,1\n2,1\n2,1\n",
      { time: "t" },
      [
        'fields.v.replay: a.csv:2: t: expected seconds, or a date and time, got "noon"',
        "fields.v.replay: a.csv:4: t: expected a time after the one before, got 2",
      ],
    ],
  ])("%j with %j is refused with file and line", (text, more, problems) => {
    expect(told(text, more)).toEqual(problems);
  });

  test("a line that is no JSON object is refused, and of many bad rows the first five are shown", () => {
    expect(told('{"v":1}\n[1]\n{"v":\n', {}, "a.ndjson")).toEqual([
      "fields.v.replay: a.ndjson:2: expected a JSON object",
      "fields.v.replay: a.ndjson:3: expected a JSON object",
    ]);
    expect(told(`v\n${"1,2\n".repeat(9)}`)).toHaveLength(6);
    expect(told(`v\n${"x\n".repeat(9)}`, { every: 1, interpolation: "linear" }).at(-1)).toBe(
      "fields.v.replay: and 4 more like these",
    );
  });

  test("another file of the same name is read anew", () => {
    const field = { replay: { file: "a.csv", column: "v" } };
    expect(valuesOf(field, 1, { files: { "a.csv": "v\n1\n" } })).toEqual([1]);
    expect(valuesOf(field, 1, { files: { "a.csv": "v\n2\n" } })).toEqual([2]);
  });
});

test("a field that has come to its end ends the messages of the whole device", () => {
  const { bodies } = templateOf({ fields: { a: 1, v: replay({ end: "stop" }) } }, { files });
  expect(bodies(9)).toHaveLength(3);
});
