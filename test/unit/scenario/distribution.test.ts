import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../../src/base/json.ts";
import {
  distributionForms,
  isDistribution,
  parseDistribution,
} from "../../../src/scenario/distribution.ts";

const forms = distributionForms(z.number(), z.number().min(0), z.json());
const read = (written: JsonObject) => parseDistribution(written, forms);

test.for<[JsonObject, object]>([
  [{ normal: [70, 4] }, { kind: "normal", mean: 70, sd: 4, min: -Infinity, max: Infinity }],
  [
    { normal: [70, 4], min: 60 },
    { kind: "normal", mean: 70, sd: 4, min: 60, max: Infinity },
  ],
  [
    { normal: [0, 0], min: 1, max: 1 },
    { kind: "normal", mean: 0, sd: 0, min: 1, max: 1 },
  ],
  [{ uniform: [-1, 1] }, { kind: "uniform", low: -1, high: 1 }],
  [{ list: ["a", 2, { b: null }] }, { kind: "list", values: ["a", 2, { b: null }] }],
  [
    { column: "t", file: "t.csv" },
    { kind: "column", column: "t", file: "t.csv" },
  ],
])("%j is understood", ([written, distribution]) => {
  expect(isDistribution(written)).toBe(true);
  expect(read(written)).toEqual({ distribution });
});

test.for<[JsonObject, string, string]>([
  [
    { normal: [70, 4], uniform: [0, 1] },
    "",
    "expected one of normal, uniform, list, column, got normal and uniform",
  ],
  [{ normal: 70 }, "normal", "expected [mean, standard deviation]"],
  [{ normal: [70] }, "normal", "expected [mean, standard deviation]"],
  [{ normal: [70, "4"] }, "normal.1", 'expected a number, got "4"'],
  [{ normal: [70, 4], mni: 3 }, "mni", 'unknown key "mni"; did you mean min?'],
  [{ normal: [70, 4], min: 9, max: 3 }, "max", "expected no less than min"],
  [{ uniform: [2, 1] }, "uniform", "expected [least, most], got them the other way round"],
  [{ uniform: [1, 2, 3] }, "uniform", "expected [least, most]"],
  [{ list: [] }, "list", "expected at least one value"],
  [{ list: "abc" }, "list", "expected a list of values"],
  [{ column: "t" }, "file", "expected the name of a file, got nothing"],
])("what is wrong with %j is told with its place", ([written, path, message]) => {
  const result = read(written);
  const issues = "issues" in result ? result.issues : [];
  expect(issues.map((issue) => [issue.path.join("."), issue.message])).toEqual([[path, message]]);
});

test("all that is wrong is told at once", () => {
  const result = read({ normal: ["a", -1], min: "x" });
  expect("issues" in result && result.issues.map(({ path }) => path.join("."))).toEqual([
    "normal.0",
    "normal.1",
    "min",
  ]);
});

test("any JSON is either a distribution or told why not", () => {
  const key = fc.constantFrom("normal", "uniform", "list", "column", "file", "min", "max", "x");
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue(), { maxKeys: 3 }), (written) => {
      const mapping = z.record(z.string(), z.json()).parse(written);
      const result = read(mapping);
      const isTold = "issues" in result && result.issues.length > 0;
      expect(isTold).toBe(!("distribution" in result && isDistribution(mapping)));
    }),
  );
});
