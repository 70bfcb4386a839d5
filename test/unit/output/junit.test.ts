import { describe, expect, test } from "vitest";

import { FleetError } from "../../../src/base/errors.ts";
import { junitXml } from "../../../src/output/junit.ts";
import { LIMITED, refusedRow, runResults } from "../../support/results.ts";

const kept = { expression: "devices_assigned == 100%", observed: 100, unit: "%", passed: true };
const broken = {
  expression: "registration_ms p(95) < 5s",
  observed: 6_212.4,
  unit: "ms",
  passed: false,
};
const unmeasurable = {
  expression: "telemetry_missing == 0",
  observed: null,
  unit: "",
  passed: null,
};

/** A test case by its name, as XML has it, from there to its end. */
function testcase(document: string, name: string): string {
  const rest = document.slice(document.indexOf(`<testcase classname="small" name="${name}"`));
  return rest.slice(0, rest.search(/\n {4}<(?!\/testcase)|\n {2}<\//));
}

test("each threshold is a test: failed with observed against expected, skipped where it cannot be measured", () => {
  const document = junitXml(
    runResults({ thresholds: [kept, broken, unmeasurable], verdict: "failed", exitCode: 99 }),
  );
  expect(document).toContain(
    '<testsuite name="small" tests="4" failures="1" errors="0" skipped="1" time="30.250" timestamp="2026-01-01T00:00:00.000Z">',
  );
  expect(testcase(document, "devices_assigned == 100%")).toBe(
    '<testcase classname="small" name="devices_assigned == 100%"/>',
  );
  expect(testcase(document, "registration_ms p(95) &lt; 5s")).toContain(
    '<failure type="THRESHOLD_FAILED" message="expected registration_ms p(95) &lt; 5s, observed 6212.4 ms">',
  );
  expect(testcase(document, "telemetry_missing == 0")).toContain(
    '<skipped message="cannot be measured in this run"/>',
  );
});

test("a threshold on devices that fails says which devices failed, and why", () => {
  const thresholds = [{ ...kept, observed: 50, passed: false }];
  const document = junitXml(
    runResults({ thresholds, rows: [refusedRow("cave-2", "expired")], exitCode: 99 }),
  );
  expect(testcase(document, "devices_assigned == 100%")).toContain(
    ", observed 50 %\n1 device unauthorized, such as cave-2: expired\n</failure>",
  );
});

test("a metric without a sample is a failure that says so", () => {
  const thresholds = [{ ...broken, observed: null }];
  expect(junitXml(runResults({ thresholds, exitCode: 99 }))).toContain("&lt; 5s, got no sample");
});

test.each([
  [
    "with what broke it off, in full",
    {
      exitCode: 3,
      failure: new FleetError("NOTHING_PROVISIONED", "not one device was assigned", {
        problems: [{ place: "2 devices", message: "unauthorized: refused" }],
        hint: "check the ID scope",
      }),
    },
    'type="NOTHING_PROVISIONED" message="not one device was assigned">error: not one device was assigned [NOTHING_PROVISIONED]\n  2 devices: unauthorized: refused\nhint: check the ID scope\n</error>',
  ],
  [
    "with the workers that were lost",
    { exitCode: 4, workers: { planned: 2, lost: 3, restarted: 2 } },
    'type="WORKER_LOST" message="worker processes were lost and could not be restarted">',
  ],
  [
    "where it was interrupted, whatever else is wrong with it",
    { exitCode: 130, verdict: "interrupted", rows: [refusedRow("cave-1")] },
    'type="INTERRUPTED" message="interrupted after 30.3 s, before its end">',
  ],
] as const)("a run that did not come to its end is an error, %s", (_name, changes, error) => {
  const document = junitXml(runResults({ verdict: "failed", thresholds: [kept], ...changes }));
  expect(document).toContain('<testsuites name="dps-fleet" tests="2" failures="0" errors="1"');
  expect(testcase(document, "the run comes to its end")).toContain("<error ");
  expect(document).toContain(`<error ${error}`);
});

test("a run until stopped that was stopped while devices arrived is not judged", () => {
  const document = junitXml(runResults({ verdict: "interrupted", exitCode: 0 }));
  expect(testcase(document, "the run comes to its end")).toContain(
    '<skipped message="stopped while devices were still on their way"/>',
  );
});

test("ten thousand refused devices are a line and a property, not ten thousand tests", () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => refusedRow(`cave-${index}`, "a < b"));
  const document = junitXml(runResults({ rows, verdict: "failed", exitCode: 3 }));
  expect(document).toContain('<property name="failed.unauthorized" value="10000"/>');
  expect(document).toContain("10000 devices unauthorized, such as cave-0: a &lt; b\n</system-out>");
  expect(document.length).toBeLessThan(5_000);
});

describe("a generator that was the limit", () => {
  const NAME = "the generator is not the limit";

  test("is told and not judged", () => {
    const document = junitXml(runResults({ generator: LIMITED }));
    expect(testcase(document, NAME)).toContain("<skipped message=");
    expect(document).toContain('name="generatorLimited" value="true"');
    expect(document).toContain("stood still for 1.5 s at 12.0 s");
  });

  test("is a failure with --strict, with the reasons", () => {
    const strict = [{ kind: "generator", text: "as above" }] as const;
    const failed = testcase(junitXml(runResults({ generator: LIMITED, strict })), NAME);
    expect(failed).toContain('<failure type="THRESHOLD_FAILED"');
    expect(failed).toContain("worker 0 stood still for 1.5 s at 12.0 s\n  → more workers");
  });

  test("is a test case that passes where it was none", () => {
    const generator = { ...LIMITED, limited: false, reasons: [] };
    expect(testcase(junitXml(runResults({ generator })), NAME)).toMatch(/\/>$/);
    expect(junitXml(runResults())).not.toContain(NAME);
  });
});

test("result files that are not whole are a failure with --strict, and no test case without", () => {
  const name = "the result files are whole";
  const strict = [{ kind: "lostFiles", text: "result files are not whole: run.ndjson" }] as const;
  const failed = testcase(junitXml(runResults({ strict })), name);
  expect(failed).toContain('message="result files are not whole: run.ndjson"');
  expect(junitXml(runResults({ strict: [] }))).toContain(name);
  expect(junitXml(runResults())).not.toContain(name);
});

test("what cannot be measured is a failure with --strict", () => {
  const document = junitXml(runResults({ thresholds: [unmeasurable], strict: [] }));
  expect(testcase(document, "telemetry_missing == 0")).toContain(
    'message="telemetry_missing == 0 cannot be measured in this run"',
  );
});
