import { describe, expect, test } from "vitest";
import { expectedNumber, Mapping } from "../../../../devices/shared/mapping.ts";
import type { JsonObject } from "../../../../src/model/model.ts";

/** What reading tells. */
function told(raw: JsonObject, read: (mapping: Mapping) => void): string[] {
  const problems: string[] = [];
  read(new Mapping(raw, "a.b", (path, message) => void problems.push(`${path}: ${message}`)));
  return problems;
}

describe("a mapping", () => {
  test("gives what is good, and defaults for what is not there", () => {
    const problems = told({ period: 3, on: true, part: { name: "x" } }, (mapping) => {
      expect(mapping.number("period", { above: 0 })).toBe(3);
      expect(mapping.number("phase", { byDefault: 0.5 })).toBe(0.5);
      expect(mapping.optionalNumber("max")).toBeUndefined();
      expect(mapping.flag("on", false)).toBe(true);
      expect(mapping.choice("end", ["loop", "stop"])).toBe("loop");
      expect(mapping.part("part").text("name")).toBe("x");
      expect(mapping.text("more", "none")).toBe("none");
      mapping.close();
    });
    expect(problems).toEqual([]);
  });

  test("tells everything that is wrong, with its path, and goes on", () => {
    const raw = { period: 0, name: "", on: "yes", end: "lop", list: 1, part: [], perod: 3 };
    const problems = told(raw, (mapping) => {
      mapping.number("period", { above: 0 });
      mapping.number("step");
      mapping.text("name");
      mapping.flag("on", false);
      mapping.choice("end", ["loop", "stop"]);
      mapping.number("list", { least: 2, most: 3, whole: true });
      mapping.part("part", "{ name }").text("name", "x");
      mapping.close();
    });
    expect(problems).toEqual([
      "a.b.period: expected a number above 0, got 0",
      "a.b.step: expected a number, got nothing",
      'a.b.name: expected a text, got ""',
      'a.b.on: expected true or false, got "yes"',
      'a.b.end: expected one of loop, stop, got "lop"',
      "a.b.list: expected a whole number from 2 to 3, got 1",
      "a.b.part: expected { name }, got a list",
      "a.b.perod: there is no such setting; did you mean period?",
    ]);
  });

  test("knows no key that it only inherits", () => {
    expect(told({}, (mapping) => mapping.text("constructor"))).toEqual([
      "a.b.constructor: expected a text, got nothing",
    ]);
  });
});

test.each([
  [{}, "a number"],
  [{ least: 1 }, "a number of at least 1"],
  [{ most: 1, whole: true }, "a whole number at most 1"],
  [{ above: 0, most: 1 }, "a number above 0 and at most 1"],
])("the bounds %j are asked for as %j", (rule, text) => {
  expect(expectedNumber(rule)).toBe(text);
});
