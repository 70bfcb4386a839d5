import { expect, test } from "vitest";

import { strictReasons } from "../../../src/results/strict.ts";
import { LIMITED } from "../../support/results.ts";

const threshold = { expression: "telemetry_missing == 0", observed: null, unit: "" };

test("a generator that was the limit, and what could not be measured, are reasons", () => {
  const thresholds = [{ ...threshold, passed: null }];
  expect(strictReasons({ generator: LIMITED, thresholds })).toEqual([
    { kind: "generator", text: LIMITED.reasons[0]?.text },
    { kind: "unmeasured", text: "telemetry_missing == 0 cannot be measured in this run" },
  ]);
});

test("a threshold that failed fails by itself, and is no reason here", () => {
  const thresholds = [{ ...threshold, passed: false }];
  expect(strictReasons({ generator: null, thresholds })).toEqual([]);
});
