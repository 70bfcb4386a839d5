import { expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, SMALLEST } from "./scenario-text.ts";

const withThresholds = (...lines: readonly string[]): string =>
  `${SMALLEST}thresholds:\n${lines.map((line) => `  - ${line}\n`).join("")}`;

/** Of the threshold that stands in a line. */
const placeOf = (line: number): string => `x.yaml:${line}:5 thresholds[${line - 6}]`;

test("a threshold stands alone, or with what it is to end", () => {
  const text = withThresholds(
    "throttled count == 0",
    "{ threshold: telemetry_ms p(95) < 2s, abortOnFail: true, grace: 30s }",
    "{ threshold: devices_failed == 0, abortOnFail: true }",
    "{ threshold: telemetry_missing == 0 }",
  );
  expect(parseScenario(text, "x.yaml").thresholds).toEqual([
    { expression: "throttled count == 0", place: placeOf(6) },
    { expression: "telemetry_ms p(95) < 2s", abort: { graceMs: 30_000 }, place: placeOf(7) },
    { expression: "devices_failed == 0", abort: { graceMs: 0 }, place: placeOf(8) },
    { expression: "telemetry_missing == 0", place: placeOf(9) },
  ]);
});

test("what is wrong is told at its place, with a caret under the threshold's own", () => {
  const text = withThresholds(
    "throttled count = 0",
    "{ threshold: throttled count = 0, abortOnFail: yess, graze: 3s }",
    "{ threshold: throttled count == 0, grace: 3s }",
    "{ abortOnFail: true }",
    "{ threshold: telemetry_missing == 0, abortOnFail: true }",
    "{ threshold: devices_assigned == 100%, abortOnFail: true, grace: 1m }",
    "7",
  );
  const caret = "throttled count = 0\n                  ^";
  const told = problemsIn(text).map(({ place, message }) => [place, message]);
  expect(told).toEqual([
    [
      "x.yaml:6:5 thresholds[0]",
      `expected one of <= >= == != < >, got "=" (column 17)\n  ${caret}`,
    ],
    [
      "x.yaml:7:7 thresholds[1].threshold",
      `expected one of <= >= == != < >, got "=" (column 17)\n  ${caret}`,
    ],
    ["x.yaml:7:39 thresholds[1].abortOnFail", 'expected true or false, got "yess"'],
    ["x.yaml:7:58 thresholds[1].graze", 'unknown key "graze"; did you mean grace?'],
    ["x.yaml:8:40 thresholds[2].grace", "expected none without abortOnFail: true, got some"],
    ["x.yaml:9:5 thresholds[3].threshold", "expected a threshold, got nothing"],
    [
      "x.yaml:10:7 thresholds[4].threshold",
      "telemetry_missing cannot abort a run: what the hub ingested is compared at the end (column 1)\n" +
        "  telemetry_missing == 0\n  ^",
    ],
    [
      "x.yaml:11:7 thresholds[5].threshold",
      "devices_assigned cannot abort a run: it grows as devices arrive, and says nothing of the run before that is over (column 1)\n" +
        "  devices_assigned == 100%\n  ^",
    ],
    ["x.yaml:12:5 thresholds[6]", "expected a threshold, got 7"],
  ]);
});
