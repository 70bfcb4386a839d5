import { renderToString } from "preact-render-to-string";
import { expect, test } from "vitest";

import { exactPercentiles } from "../../../../../src/metrics/exact-percentiles.ts";
import { FanOutChart } from "../../../../../src/report/html/charts/fan-out-chart.tsx";
import { reportSource } from "../../../../support/report-source.ts";

type Action = Parameters<typeof FanOutChart>[0]["actions"][number];

function actionOf(selected: number, ms: readonly number[]): Action {
  const [action] = reportSource().results.summary.twin.actions;
  if (action === undefined) throw new Error("the source has a twin action");
  return { ...action, name: `of-${selected}`, selected, ms: exactPercentiles(ms) };
}

function drawn(actions: readonly Action[]): string {
  const chart = FanOutChart({ actions });
  return chart === null ? "" : renderToString(chart);
}

test("each action is a point of p50, p95 and the maximum over its number of devices", () => {
  const html = drawn([actionOf(100, [40, 50, 900]), actionOf(1, [20])]);
  expect(html.match(/<circle/g)).toHaveLength(6);
  expect(html).toContain("of-100, 100 devices: max 900 ms");
  expect(html).toContain(
    "1 device: p50 20 ms, p95 20 ms, max 20 ms. 100 devices: p50 50 ms, p95 900 ms, max 900 ms.",
  );
});

test("actions of one size, or without a time, are no curve", () => {
  expect(drawn([actionOf(10, [20]), actionOf(10, [30])])).toBe("");
  expect(drawn([actionOf(10, [20]), actionOf(100, [])])).toBe("");
});
