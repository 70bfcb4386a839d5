import { expect, test } from "vitest";
import { parseDouble, toDouble } from "../../../../../devices/cheese-cave/dialects/csharp-value.ts";

test.each([
  ["50", 50],
  [" 50.1234 ", 50.1234],
  ["-1e2", -100],
  ["+5.", 5],
  [".5", 0.5],
  ["1,000.5", 1000.5],
  ["", undefined],
  ["50F", undefined],
  ["0x10", undefined],
  ["1.2.3", undefined],
  ["NaN", undefined],
  ["Infinity", undefined],
  ["1e999", undefined],
])("the text %j is the double %s", (text, value) => {
  expect(parseDouble(text)).toBe(value);
});

test.each([
  [85, 85],
  ["85", 85],
  [true, 1],
  [false, 0],
  [null, undefined],
  [undefined, undefined],
  [[85], undefined],
  [{ value: 85 }, undefined],
])("the JSON value %j is the double %s", (json, value) => {
  expect(toDouble(json)).toBe(value);
});
