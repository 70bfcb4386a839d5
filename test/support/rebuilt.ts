import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "vitest";

import { exactPercentiles } from "../../src/metrics/exact-percentiles.ts";
import type { Percentiles } from "../../src/metrics/percentiles.ts";
import type { RunEvent } from "../../src/output/output.ts";
import type { Summary } from "../../src/output/summary.ts";
import { readRunEvents } from "../../src/report/read-run-events.ts";
import { rebuildResults } from "../../src/report/rebuild-results.ts";
import { ExactTwinTimes } from "./exact-twin-times.ts";

/** Three digits: what the histograms promise. */
const HISTOGRAM_ERROR = 0.001;

/** Checks that a run's record makes the same files again, and that percentiles are those of its events. */
export async function expectRebuilt(dir: string): Promise<void> {
  await expectExact(dir, await expectSameFiles(dir));
}

/** Checks that a run's record makes the same files again. @returns its summary */
export async function expectSameFiles(dir: string): Promise<Summary> {
  const again = join(dir, "again");
  const { results, isWhole } = await rebuildResults({ dir, shown: dir, outDir: again });
  expect(isWhole).toBe(true);
  for (const name of ["summary.json", "devices.csv", "junit.xml", "report.html"]) {
    expect(await readFile(join(again, name), "utf8")).toBe(await readFile(join(dir, name), "utf8"));
  }
  await rm(again, { recursive: true });
  return results.summary;
}

async function expectExact(dir: string, summary: Summary): Promise<void> {
  const registrations: number[] = [];
  const connections: number[] = [];
  const twinTimes = new ExactTwinTimes();
  for await (const event of eventsOf(dir)) {
    if (event.type === "registration") registrations.push(event.ms);
    if (event.type === "connection") connections.push(event.ms);
    twinTimes.observe(event);
  }
  expectWithin(summary.registration.ms, exactPercentiles(registrations));
  expectWithin(summary.connection.ms, exactPercentiles(connections));
  for (const { action, ms, receivedMs, answerMs, pacedMs } of summary.twin.actions) {
    const { acknowledged, received, answer, paced } = twinTimes.of(action);
    expectWithin(ms, exactPercentiles(acknowledged));
    expectWithin(receivedMs, exactPercentiles(received));
    expectWithin(answerMs, exactPercentiles(answer));
    expectWithin(pacedMs, exactPercentiles(paced));
  }
}

/** The events of a run in its folder. */
export const eventsOf = (dir: string): AsyncIterable<RunEvent> =>
  readRunEvents(join(dir, "run.ndjson"), dir);

/** Percentiles of a histogram against exact ones: counts are equal, values within the histogram's error. */
export function expectWithin(found: Percentiles, exact: Percentiles): void {
  expect(found.count).toBe(exact.count);
  for (const key of ["min", "mean", "p50", "p90", "p95", "p99", "p999", "max"] as const) {
    const [a, b] = [found[key], exact[key]];
    if (a === null || b === null) expect(a).toBe(b);
    // A microsecond more: that is the resolution of both.
    else expect(Math.abs(a - b)).toBeLessThanOrEqual(b * HISTOGRAM_ERROR + 0.001);
  }
}
