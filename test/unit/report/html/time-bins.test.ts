import fc from "fast-check";
import { expect, test } from "vitest";

import { BINNED_COUNTERS } from "../../../../src/report/html/binned-metrics.ts";
import { TimeBins } from "../../../../src/report/html/time-bins.ts";
import { encoded } from "../../../support/report-source.ts";
import { runSnapshot } from "../../../support/run-events.ts";

/** What the fleet did between two snapshots. */
const second = fc.record({
  afterMs: fc.integer({ min: 0, max: 3_000 }),
  acked: fc.nat(50),
  hubs: fc.array(fc.double({ min: 0.001, max: 60_000, noNaN: true }), { maxLength: 4 }),
});

test("however many snapshots there are, the bins are few, follow each other and sum to the whole", () => {
  fc.assert(
    fc.property(
      fc.array(second, { maxLength: 60 }),
      fc.integer({ min: 2, max: 9 }),
      (all, most) => {
        const bins = new TimeBins(most);
        let t = 0;
        let acked = 0;
        for (const { afterMs, acked: by, hubs } of all) {
          t += afterMs;
          acked += by;
          const counters = { "telemetry_acked{hub:a}": acked, telemetry_acked: 0 };
          const histograms = Object.fromEntries(
            hubs.map((ms, index) => [`registration_ms{hub:${index}}`, encoded(ms)]),
          );
          bins.add(runSnapshot({ t, counters, histograms }));
        }
        const told = bins.bins();
        expect(told.length).toBeLessThanOrEqual(most);
        const sum = told.reduce((total, { counts }) => total + counts.telemetry_acked, 0);
        expect(sum).toBe(acked);
        const values = told.reduce(
          (total, { latencies }) => total + latencies.registration_ms.count,
          0,
        );
        expect(values).toBe(all.reduce((total, { hubs }) => total + hubs.length, 0));
        for (const [index, { fromMs, toMs }] of told.entries()) {
          expect(fromMs).toBe(told[index - 1]?.toMs ?? 0);
          expect(toMs).toBeGreaterThanOrEqual(fromMs);
        }
        expect(told.at(-1)?.toMs ?? 0).toBe(t);
      },
    ),
  );
});

test("a bin has the percentiles of what was measured within it, over all labels", () => {
  const bins = new TimeBins();
  bins.add(runSnapshot({ t: 1_000, histograms: { telemetry_ms: encoded(1) } }));
  const histograms = { "telemetry_ms{hub:a}": encoded(10), "telemetry_ms{hub:b}": encoded(30) };
  bins.add(runSnapshot({ t: 2_003, histograms }));
  expect(bins.bins().map(({ latencies }) => latencies.telemetry_ms)).toMatchObject([
    { count: 1, max: 1 },
    { count: 2, min: 10, max: 30 },
  ]);
});

test("what is told twice at one time, as at the end, is one bin", () => {
  const bins = new TimeBins();
  bins.add(runSnapshot({ t: 1_000, counters: { throttled: 1 } }));
  bins.add(runSnapshot({ t: 1_000, counters: { throttled: 3 } }));
  expect(bins.bins()).toMatchObject([{ fromMs: 0, toMs: 1_000, counts: { throttled: 3 } }]);
});

test("a longer run is told in longer bins, and the last state of each", () => {
  const bins = new TimeBins(4);
  for (let t = 1; t <= 16; t += 1) {
    bins.add(runSnapshot({ t: t * 1_000, states: { streaming: t } }));
  }
  expect(bins.widthMs).toBe(4_000);
  const told = bins.bins();
  expect(told.map(({ toMs, states }) => [toMs, states.streaming])).toEqual([
    [4_000, 4],
    [8_000, 8],
    [12_000, 12],
    [16_000, 16],
  ]);
  expect(BINNED_COUNTERS.every((name) => told[0]?.counts[name] === 0)).toBe(true);
});
