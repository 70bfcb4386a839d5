import { appendFile, mkdtemp, readFile, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { Aggregate } from "../../../../src/metrics/aggregate.ts";
import type { DeviceRow } from "../../../../src/metrics/device-row.ts";
import { DEVICE_STATES } from "../../../../src/metrics/device-row.ts";
import { countOf, SeqSet } from "../../../../src/metrics/seq-ranges.ts";
import type { Snapshot } from "../../../../src/metrics/snapshot.ts";
import {
  fromJournalRow,
  journalRow,
  toJournalRow,
} from "../../../../src/run/journal/journal-row.ts";
import { Journal } from "../../../../src/run/journal/journal.ts";
import type { JournalState } from "../../../../src/run/journal/journal-state.ts";
import { readJournal } from "../../../../src/run/journal/read-journal.ts";
import { restoreAggregate } from "../../../../src/run/resume/past-run.ts";
import { GeneratorRecord } from "../../../../src/metrics/generator/generator-record.ts";

const IDS = ["a", "b", "c"];
const PLANNED = IDS.map((registrationId) => ({ registrationId, model: "cave" }));

const ranges = fc.uniqueArray(fc.integer({ min: 1, max: 40 })).map((numbers) => {
  const set = new SeqSet();
  for (const number of numbers) set.add(number);
  return set.toRanges();
});

const ms = fc.option(fc.integer({ min: 0, max: 9_000 }).map((n) => n / 8));

const rowOf = fc.record({
  registrationId: fc.constantFrom(...IDS),
  boot: fc.integer({ min: 1, max: 3 }),
  worker: fc.nat(2),
  state: fc.constantFrom(...DEVICE_STATES),
  deviceId: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  hub: fc.constantFrom("", "hub-1", "hub-2"),
  attempts: fc.nat(5),
  registrationMs: ms,
  connectionMs: ms,
  reconnects: fc.nat(5),
  firstSeq: fc.option(fc.integer({ min: 2, max: 90 }), { nil: undefined }),
  sent: fc.nat(60),
  ackedSeqs: ranges,
  failedSeqs: ranges,
  errorClass: fc.constantFrom(null, "offline" as const, "timeout" as const),
  error: fc.option(fc.string({ minLength: 1 })),
  isUp: fc.boolean(),
});

/** A row as a worker tells it. */
const rows: fc.Arbitrary<DeviceRow> = rowOf.map(({ firstSeq, deviceId, ...row }) => ({
  ...row,
  ...(firstSeq === undefined ? {} : { firstSeq }),
  model: "cave",
  deviceId: row.hub === "" ? "" : (deviceId ?? row.registrationId),
  acked: countOf(row.ackedSeqs),
  failed: countOf(row.failedSeqs),
  wasAssigned: row.hub !== "",
  wasConnected: row.connectionMs !== null,
}));

const snapshots: fc.Arbitrary<readonly Snapshot[]> = fc
  .array(
    fc.record({
      worker: fc.nat(2),
      counters: fc.dictionary(fc.constantFrom("telemetry_sent", "throttled"), fc.nat(9)),
      devices: fc.uniqueArray(rows, { selector: ({ registrationId }) => registrationId }),
      resources: fc.record({ cpuS: fc.nat(9), rssBytes: fc.nat(9_000) }),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map((one, at) => ({
      ...one,
      boot: 1,
      sequence: at + 1,
      // A device is told of by one worker at a time, the newest row last.
      devices: one.devices.map((row) => ({ ...row, boot: 1 + (at % 2) })),
      histograms: {},
      events: [],
      messages: [],
    })),
  );

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "dps-fleet-journal-"));
});
afterAll(() => rm(dir, { recursive: true }));

const noLoss = (error: unknown): void => {
  throw error;
};

let files = 0;
/** A journal that says how its run was asked for. */
function begun(state?: JournalState): { readonly journal: Journal; readonly file: string } {
  files += 1;
  const file = join(dir, `${files}.ndjson`);
  const journal = new Journal(file, noLoss, state);
  if (state !== undefined) return { journal, file };
  journal.add({ type: "run", version: "1", cwd: "/", flags: { devices: "3", threshold: ["a"] } });
  journal.add({ type: "life", boot: 1, process: { pid: 1, started: "then" } });
  return { journal, file };
}

const read = async (file: string): Promise<JournalState> => {
  const state = await readJournal(file, "run/journal.ndjson");
  if (state === undefined) throw new Error("there is no journal");
  return state;
};

/** What an aggregate of the journal's contents has. */
function restored(journal: JournalState): object {
  const aggregate = new Aggregate(PLANNED);
  const record = {
    t: 0,
    hasBegun: true,
    end: undefined,
    histograms: {},
    perSecond: undefined,
    alerts: [],
    generator: new GeneratorRecord(),
    workers: { lost: 0, restarted: 0 },
  };
  restoreAggregate(aggregate, { journal, record }, PLANNED);
  return shown(aggregate);
}

const shown = (aggregate: Aggregate): object => ({
  rows: aggregate.rows(),
  counters: new Map(Object.entries(aggregate.counters())),
  told: [...aggregate.told()],
  resources: aggregate.resources(),
});

test("a row is the same after its way through the journal, and every one is let through", () => {
  fc.assert(
    fc.property(rows, (row) => {
      const written: unknown = JSON.parse(JSON.stringify(toJournalRow(row)));
      expect(fromJournalRow(journalRow.parse(written), "cave")).toEqual(row);
    }),
  );
});

test("what workers told is restored from the journal, also when it is written anew, to the last count", async () => {
  await fc.assert(
    fc.asyncProperty(snapshots, async (all) => {
      const live = new Aggregate(PLANNED);
      const { journal, file } = begun();
      for (const snapshot of all) {
        live.add(snapshot);
        journal.told(snapshot);
      }
      journal.close();
      const state = await read(file);
      expect(restored(state)).toEqual(shown(live));
      const anew = begun(state);
      anew.journal.close();
      const again = await read(anew.file);
      expect(restored(again)).toEqual(shown(live));
      expect([again.run, again.life, again.boot]).toEqual([state.run, state.life, state.boot]);
      for (const id of IDS) expect(again.knows(id)).toBe(state.knows(id));
    }),
    { numRuns: 40 },
  );
});

test("a last line that was cut is left out, wherever it was cut", async () => {
  const { journal, file } = begun();
  journal.add({ type: "boot", boot: 2 });
  const whole = (await readFile(file)).length;
  journal.add({ type: "boot", boot: 3 });
  journal.close();
  const { size } = await stat(file);
  for (let end = size - 2; end >= whole; end -= 1) {
    await truncate(file, end);
    expect((await read(file)).boot).toBe(2);
  }
});

test("a line in its midst that is none of a journal's is told with its place", async () => {
  const { journal, file } = begun();
  journal.close();
  await appendFile(file, '{"type":"boot","boot":0}\n{"type":"boot","boot":2}\n');
  await expect(read(file)).rejects.toMatchObject({
    code: "FILE_INVALID",
    problems: [{ place: "run/journal.ndjson:3", message: expect.stringContaining("boot") }],
  });
  await truncate(file, 0);
  await expect(read(file)).rejects.toThrow("the journal of this run is damaged");
  await appendFile(file, "{}\n");
  await expect(read(file)).rejects.toThrow("the journal of this run is damaged");
});

test("it does not grow without bound, and is removed with its run", async () => {
  const { journal, file } = begun();
  const error = "x".repeat(100_000);
  const [row] = fc.sample(rows, { numRuns: 1, seed: 1 });
  if (row === undefined) throw new Error("a row was asked for");
  for (let sequence = 1; sequence <= 100; sequence += 1) {
    const snapshot = { worker: 0, boot: 1, sequence, devices: [{ ...row, error }] };
    const rest = { counters: {}, histograms: {}, events: [], messages: [] };
    journal.told({ ...snapshot, ...rest, resources: { cpuS: 1, rssBytes: 1 } });
  }
  expect((await stat(file)).size).toBeLessThan(2_000_000);
  const state = await read(file);
  expect(state.rows).toHaveLength(1);
  expect(state.highestSeq(row.registrationId)).toBe((row.firstSeq ?? 1) + row.sent - 1);
  journal.remove();
  journal.remove();
  expect(await readJournal(file, "run")).toBeUndefined();
});

const device = (id: string, last: number) => ({
  id,
  lives: [{ boot: 1, seqs: [[1, last]] as const }],
  amiss: [{ trouble: "duplicated" as const, count: 1, first: [{ boot: 1, seq: 1 }] }],
});

test("what was ingested is what was read last, by device", async () => {
  const { journal, file } = begun();
  journal.add({
    type: "ingested",
    position: "3",
    lost: 0,
    devices: [device("a", 1), device("b", 1)],
  });
  journal.add({ type: "ingested", position: "9", lost: 1, devices: [device("a", 7)] });
  journal.close();
  const { ingested } = await read(file);
  expect(ingested).toEqual({ position: "9", lost: 1, devices: [device("a", 7), device("b", 1)] });
});
