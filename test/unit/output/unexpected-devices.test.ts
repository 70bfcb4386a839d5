import { expect, test } from "vitest";

import { junitXml } from "../../../src/output/junit.ts";
import { stepSummary } from "../../../src/output/step-summary.ts";
import { summaryLines, paint } from "../../../src/output/terminal-text.ts";
import { unexpectedDevices, unexpectedText } from "../../../src/output/unexpected-devices.ts";
import { deviceRow, refusedRow, runResults } from "../../support/results.ts";

const toBeRefused = { expectedRefusal: "unauthorized" } as const;
const expectedRows = [
  deviceRow("cave-1"),
  ...["bad-1", "bad-2"].map((id) => ({ ...refusedRow(id, "too old"), ...toBeRefused })),
];
const unexpectedRows = [
  ...expectedRows,
  ...Array.from({ length: 7 }, (_, at) => ({ ...deviceRow(`in-${at}`), ...toBeRefused })),
  refusedRow("out", "CA not found"),
];
const terminal = (results: ReturnType<typeof runResults>): string =>
  summaryLines(results.summary, paint(false)).join("\n");

test("devices that went another way are summed up by what was expected and what came", () => {
  expect(unexpectedDevices(unexpectedRows).map(unexpectedText)).toEqual([
    "7 devices expected to be refused as unauthorized, got let in: in-0, in-1, in-2, in-3, in-4 and 2 more",
    "1 device expected to be let in, got refused as unauthorized (CA not found): out",
  ]);
  const late = { ...deviceRow("late"), ...toBeRefused, registrationMs: null, wasConnected: false };
  expect(unexpectedDevices([late]).map(unexpectedText)).toEqual([
    "1 device expected to be refused as unauthorized, got neither let in nor refused for good: late",
  ]);
});

test("refusals that are expected are no failures anywhere", () => {
  const results = runResults({ rows: expectedRows });
  expect(results.summary.devices).toEqual({
    planned: 3,
    assigned: 1,
    connected: 1,
    failed: 2,
    toBeRefused: 2,
    refused: 2,
    unexpected: 0,
  });
  expect(terminal(results)).toContain("1 assigned, 1 connected, 0 failed of 3");
  expect(terminal(results)).toContain("refusals ....... 2 of 2 as expected");
  expect(junitXml(results)).toContain('failures="0"');
  expect(stepSummary(results)).toMatch(/\| refused as expected +\| +2 \|/);
  expect(stepSummary(results)).not.toContain("kept out by");
});

test("a device that went another way is a failure with its words, in each result", () => {
  const results = runResults({ rows: unexpectedRows });
  expect(terminal(results)).toContain("2 of 9 as expected");
  expect(terminal(results)).toContain("got refused as unauthorized (CA not found): out");
  const document = junitXml(results);
  expect(document).toContain('failures="2"');
  expect(document).toContain(
    '<failure type="UNEXPECTED_OUTCOME" message="1 device expected to be let in, got refused as unauthorized (CA not found): out">',
  );
  expect(stepSummary(results)).toContain("in-0, in-1, in-2, in-3, in-4 and 2 more");
});

test("where no refusal is expected, thresholds alone judge a device that is refused", () => {
  const results = runResults({ rows: [deviceRow("cave-1"), refusedRow("out")] });
  expect(results.summary.devices.unexpected).toBe(1);
  expect(junitXml(results)).toContain('failures="0"');
  expect(terminal(results)).not.toContain("refusals");
});
