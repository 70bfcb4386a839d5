import { expect, test } from "vitest";

import { strictReasons, strictWithLost } from "../../../src/results/strict.ts";
import { LIMITED, runResults } from "../../support/results.ts";

const threshold = { expression: "telemetry_missing == 0", observed: null, unit: "" };
const [stall] = LIMITED.reasons;
if (stall === undefined) throw new Error("it has a reason");

test("a generator that was the limit, what could not be measured and lost files are reasons", () => {
  const thresholds = [{ ...threshold, passed: null }];
  const lostFiles = ["run.ndjson", "messages.ndjson"];
  expect(strictReasons({ generator: LIMITED, thresholds, lostFiles })).toEqual([
    { kind: "generator", text: stall.text },
    { kind: "unmeasured", text: "telemetry_missing == 0 cannot be measured in this run" },
    { kind: "lostFiles", text: "result files are not whole: run.ndjson, messages.ndjson" },
  ]);
});

test("many limits of the generator are one reason", () => {
  const generator = { ...LIMITED, reasons: [stall, stall, stall] };
  expect(strictReasons({ generator, thresholds: [], lostFiles: [] })).toEqual([
    { kind: "generator", text: `${stall.text}; 2 more of the generator's limits` },
  ]);
});

test("a threshold that failed fails by itself, and is no reason here", () => {
  const thresholds = [{ ...threshold, passed: false }];
  expect(strictReasons({ generator: null, thresholds, lostFiles: [] })).toEqual([]);
});

test("a file that is lost behind the verdict fails a run that passed, and says so", () => {
  const passed = runResults({ strict: [] });
  const { summary, exitCode, failure } = strictWithLost(passed, ["report.html"]);
  const text = "result files are not whole: report.html";
  expect(exitCode).toBe(99);
  expect(summary).toMatchObject({ verdict: "failed", strict: [{ kind: "lostFiles", text }] });
  expect(failure).toMatchObject({ code: "THRESHOLD_FAILED", message: `--strict: ${text}` });
});

test("whole files, and a run that failed anyway, are left as they are", () => {
  const passed = runResults({ strict: [] });
  expect(strictWithLost(passed, [])).toBe(passed);
  const failed = runResults({ strict: [], verdict: "failed", exitCode: 4 });
  expect(strictWithLost(failed, ["report.html"])).toBe(failed);
});
