import { expect, test } from "vitest";

import { failedText, observedText } from "../../../src/output/threshold-text.ts";

const result = { expression: "m < 1", observed: 1, unit: "", passed: false };

test.each([
  ["a latency to the microsecond", { observed: 3_212.400_4, unit: "ms" }, "3212.4 ms"],
  ["one device of a million", { observed: 99.999_9, unit: "%" }, "99.9999 %"],
  ["a small fraction, not as 0", { observed: 0.000_4, unit: "" }, "0.0004"],
  ["a count without a unit", { observed: 7, unit: "1" }, "7"],
  ["a metric without a sample", { observed: null }, "no sample"],
  [
    "an odd threshold",
    { observed: 0, hint: "no device was at hub h" },
    "0; no device was at hub h",
  ],
  [
    "a metric that is not measured",
    { observed: null, passed: null },
    "cannot be measured in this run",
  ],
])("%s is shown", (_name, changes, text) => {
  expect(observedText({ ...result, ...changes })).toBe(text);
});

test("a failure says what was expected and what was found", () => {
  expect(failedText(result)).toBe("expected m < 1, observed 1");
  expect(failedText({ ...result, observed: null })).toBe("expected m < 1, got no sample");
});
