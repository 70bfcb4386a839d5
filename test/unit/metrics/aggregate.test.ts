import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Aggregate } from "../../../src/metrics/aggregate.ts";
import type { DeviceRow } from "../../../src/metrics/device-row.ts";
import { LatencyHistogram } from "../../../src/metrics/histogram.ts";
import type { Snapshot } from "../../../src/metrics/snapshot.ts";
import { rowOf, snapshotOf } from "./snapshots.ts";

const PLANNED = ["d1", "d2", "d3"].map((registrationId) => ({
  registrationId,
  model: "cheese-cave",
}));

const encodedOf = (values: readonly number[]): ReturnType<LatencyHistogram["encode"]> => {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return histogram.encode();
};

/** Distinct snapshots of two workers with up to two lives each; worker w hosts d1 or d2 and d3. */
const snapshots: fc.Arbitrary<Snapshot[]> = fc.uniqueArray(
  fc
    .record({
      worker: fc.constantFrom(1, 2),
      boot: fc.constantFrom(1, 2),
      sequence: fc.integer({ min: 1, max: 4 }),
      sent: fc.nat({ max: 50 }),
      hub: fc.constantFrom("a", "b"),
      values: fc.array(fc.double({ min: 0, max: 9_000, noNaN: true }), { maxLength: 4 }),
      cpuS: fc.nat({ max: 100 }),
    })
    .map(({ worker, boot, sequence, sent, hub, values, cpuS }) =>
      snapshotOf({
        worker,
        boot,
        sequence,
        counters: { telemetry_sent: sent, [`registration_assigned{hub:${hub}}`]: 1 },
        histograms: { telemetry_ms: encodedOf(values) },
        devices: [rowOf({ registrationId: `d${worker}`, worker, boot, sent, attempts: 1 })],
        resources: { cpuS, rssBytes: sent },
      }),
    ),
  { selector: ({ worker, boot, sequence }) => `${worker}/${boot}/${sequence}`, maxLength: 8 },
);

/** A row of d1 with everything acknowledged. */
const ackedRow = (boot: number, sent: number): DeviceRow =>
  rowOf({ registrationId: "d1", boot, sent, acked: sent, ackedSeqs: [[1, sent]] });

const viewOf = (all: readonly Snapshot[]): unknown => {
  const aggregate = new Aggregate(PLANNED);
  for (const snapshot of all) aggregate.add(snapshot);
  return {
    counters: aggregate.counters(),
    rows: aggregate.rows(),
    states: aggregate.states(),
    totals: aggregate.totals(),
    resources: aggregate.resources(),
    told: [...aggregate.told()],
    percentiles: aggregate.percentiles("telemetry_ms"),
  };
};

test("one device's row is the one that is among all rows", () => {
  const aggregate = new Aggregate(PLANNED);
  aggregate.add(snapshotOf({ devices: [rowOf({ registrationId: "d2", sent: 7 })] }));
  expect(aggregate.row("d2")).toEqual(aggregate.rows()[1]);
  expect(aggregate.row("d2")).toMatchObject({ registrationId: "d2", sent: 7 });
  expect(aggregate.row("stranger")).toBeUndefined();
});

describe("merging", () => {
  test("the order of snapshots does not matter, and one that comes twice counts once", () => {
    fc.assert(
      fc.property(snapshots, fc.infiniteStream(fc.nat()), (all, numbers) => {
        const shuffled = all
          .map((snapshot) => ({ snapshot, rank: numbers.next().value }))
          .toSorted((a, b) => Number(a.rank) - Number(b.rank))
          .map(({ snapshot }) => snapshot);
        expect(viewOf([...shuffled, ...all])).toEqual(viewOf(all));
      }),
      { numRuns: 40 },
    );
  });

  test("the parts sum to the whole", () => {
    fc.assert(
      fc.property(snapshots, (all) => {
        const aggregate = new Aggregate(PLANNED);
        for (const snapshot of all) aggregate.add(snapshot);
        expect(aggregate.counter("telemetry_sent")).toBe(
          all.reduce((sum, { counters }) => sum + (counters["telemetry_sent"] ?? 0), 0),
        );
        expect(aggregate.counter("registration_assigned")).toBe(all.length);
        const split = aggregate.labelled("registration_assigned", "hub");
        expect(Object.values(split).reduce((sum, count) => sum + count, 0)).toBe(all.length);
        expect(aggregate.percentiles("telemetry_ms").count).toBe(
          all.reduce((sum, { histograms }) => sum + (histograms["telemetry_ms"]?.count ?? 0), 0),
        );
      }),
      { numRuns: 40 },
    );
  });

  test("percentiles without labels are merged over all labels", () => {
    const aggregate = new Aggregate(PLANNED);
    aggregate.add(
      snapshotOf({
        histograms: {
          "registration_ms{hub:a}": encodedOf([1, 2]),
          "registration_ms{hub:b}": encodedOf([9]),
        },
      }),
    );
    expect(aggregate.percentiles("registration_ms")).toMatchObject({ count: 3, min: 1, max: 9 });
    expect(aggregate.percentiles("registration_ms", { hub: "a" })).toMatchObject({ count: 2 });
    expect(aggregate.percentile("registration_ms", 100, { hub: "b" })).toBe(9);
    expect(aggregate.percentile("registration_ms", 50, { hub: "c" })).toBeNull();
  });
});

describe("devices", () => {
  test("a device that nobody told of waits, one that is not planned is left out", () => {
    const aggregate = new Aggregate(PLANNED);
    aggregate.add(snapshotOf({ devices: [rowOf({ registrationId: "stranger" })] }));
    expect(aggregate.rows().map(({ registrationId, state }) => [registrationId, state])).toEqual([
      ["d1", "waiting"],
      ["d2", "waiting"],
      ["d3", "waiting"],
    ]);
    expect(aggregate.states()).toMatchObject({ waiting: 3, streaming: 0 });
    expect(aggregate.totals()).toEqual({ planned: 3, assigned: 0, connected: 0, failed: 0 });
  });

  test("a later row of the same life replaces the earlier one, lives are summed", () => {
    const aggregate = new Aggregate(PLANNED);
    aggregate.add(snapshotOf({ sequence: 1, devices: [ackedRow(1, 3)] }));
    aggregate.add(snapshotOf({ sequence: 2, devices: [ackedRow(1, 5)] }));
    aggregate.add(
      snapshotOf({
        boot: 2,
        sequence: 1,
        devices: [
          {
            ...ackedRow(2, 0),
            ackedSeqs: [],
            deviceId: "",
            hub: "",
            state: "registering",
            wasAssigned: false,
            wasConnected: false,
            registrationMs: null,
          },
        ],
      }),
    );
    expect(aggregate.rows()[0]).toMatchObject({
      boot: 2,
      state: "registering",
      deviceId: "d1",
      hub: "cheesecave-hub.azure-devices.net",
      registrationMs: 3_100,
      sent: 5,
      acked: 5,
      attempts: 2,
      wasAssigned: true,
      wasConnected: true,
    });
    aggregate.add(snapshotOf({ boot: 2, sequence: 2, devices: [ackedRow(2, 2)] }));
    expect(aggregate.rows()[0]).toMatchObject({ state: "streaming", sent: 7 });
    expect([...aggregate.told()]).toEqual([
      { deviceId: "d1", boot: 1, sent: 5, acked: [[1, 5]], failed: [] },
      { deviceId: "d1", boot: 2, sent: 2, acked: [[1, 2]], failed: [] },
    ]);
    expect(aggregate.byHub()).toEqual({ "cheesecave-hub.azure-devices.net": 1 });
  });

  test("the devices of a lost worker wait or reconnect until its next life tells of them", () => {
    const aggregate = new Aggregate(PLANNED);
    aggregate.add(
      snapshotOf({
        devices: [
          rowOf({ registrationId: "d1" }),
          rowOf({ registrationId: "d2", state: "registering", wasConnected: false }),
          rowOf({ registrationId: "d3", state: "failed" }),
        ],
      }),
    );
    aggregate.markLost(2);
    expect(aggregate.states()).toMatchObject({ streaming: 1, registering: 1, failed: 1 });
    aggregate.markLost(1);
    expect(aggregate.states()).toMatchObject({ reconnecting: 1, waiting: 1, failed: 1 });
    aggregate.add(snapshotOf({ boot: 2, devices: [rowOf({ registrationId: "d1", boot: 2 })] }));
    expect(aggregate.states()).toMatchObject({ streaming: 1, waiting: 1, failed: 1 });
    expect(aggregate.totals()).toEqual({ planned: 3, assigned: 3, connected: 2, failed: 1 });
  });

  test("CPU counts every life, memory the highest of each worker", () => {
    const aggregate = new Aggregate(PLANNED);
    const life = (worker: number, boot: number, sequence: number, cpuS: number, rssBytes: number) =>
      aggregate.add(snapshotOf({ worker, boot, sequence, resources: { cpuS, rssBytes } }));
    life(1, 1, 1, 2, 100);
    life(1, 1, 2, 3, 80);
    life(1, 2, 1, 1, 90);
    life(2, 1, 1, 4, 50);
    expect(aggregate.resources()).toEqual({ cpuS: 8, peakRssBytes: 150 });
  });
});
