import { expect, test } from "vitest";

import type { RunEvent } from "../../../../src/output/output.ts";
import { RunMarks } from "../../../../src/report/html/run-marks.ts";
import { twinChange } from "../../../support/run-events.ts";

const marksOf = (...events: readonly RunEvent[]): readonly string[] => {
  const marks = new RunMarks();
  for (const event of events) marks.observe(event);
  return marks
    .marks()
    .map(({ t, untilMs, text }) => `${t}${untilMs === undefined ? "" : `-${untilMs}`} ${text}`);
};

const fault = (
  t: number,
  deviceId: string,
  state: "begun" | "ended",
  at?: string,
): RunEvent & { type: "fault" } => ({
  type: "fault",
  t,
  deviceId,
  kind: "late",
  state,
  parameters: { by: "1s" },
  ...(at === undefined ? {} : { at }),
});

const throttled = (t: number, deviceId: string): RunEvent => ({
  type: "throttled",
  t,
  deviceId,
  retryAfterMs: 1,
});

const alert = (t: number, state: "raised" | "cleared"): RunEvent => ({
  type: "alert",
  t,
  deviceId: "a",
  alert: "warm",
  state,
});

const action = (at: number): RunEvent =>
  twinChange({ t: at, at: `${at}ms`, what: { desired: { n: at } } });

test("a fault of the timeline is one mark however many devices have it, from its first begin to its last end", () => {
  const told = marksOf(
    fault(5_010, "a", "begun", "5s"),
    fault(5_030, "b", "begun", "5s"),
    fault(8_000, "b", "ended", "5s"),
    fault(8_200, "a", "ended", "5s"),
  );
  expect(told).toEqual(['5010-8200 fault late {"by":"1s"} at 2 devices']);
});

test("a fault that does not end has no end, and one of a device's own schedule is no mark", () => {
  const told = marksOf(fault(5_010, "a", "begun", "5s"), fault(6_000, "b", "begun"));
  expect(told).toEqual(['5010 fault late {"by":"1s"} at 1 device']);
});

test("what thousands of devices tell is marked where it began", () => {
  expect(
    marksOf(
      throttled(30, "a"),
      throttled(40, "b"),
      alert(10, "raised"),
      alert(20, "cleared"),
      alert(25, "raised"),
    ),
  ).toEqual(["10 alert warm came on, first at a", "30 DPS began to throttle, first a"]);
});

test("a timeline of a thousand entries is no thousand marks", () => {
  const all = Array.from({ length: 1_000 }, (_, at) => [
    action(at),
    fault(at, "a", "begun", `${at}ms`),
  ]);
  expect(marksOf(...all.flat())).toHaveLength(80);
});
