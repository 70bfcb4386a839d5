import fc from "fast-check";
import { expect, test } from "vitest";

import { SeqSet } from "../../../src/metrics/seq-ranges.ts";
import { Ledger } from "../../../src/run/ledger.ts";

const record = (deviceId: string, seq: number, boot = 1) => ({ deviceId, boot, seq });
const acked = (deviceId: string, first: number, last: number, boot = 1) => ({
  deviceId,
  boot,
  ranges: [[first, last] as const],
});

test("what was acknowledged and ingested once, in order, is clean", () => {
  const ledger = new Ledger(["a", "b"]);
  for (const seq of [1, 2, 3]) for (const id of ["a", "b"]) ledger.ingest(record(id, seq));
  expect(ledger.result([acked("a", 1, 3), acked("b", 1, 3)])).toEqual({
    acked: 6,
    ingested: 6,
    missing: 0,
    duplicated: 0,
    outOfOrder: 0,
  });
});

test("an acknowledged message that was not ingested is missing", () => {
  const ledger = new Ledger(["a"]);
  ledger.ingest(record("a", 1));
  ledger.ingest(record("a", 3));
  expect(ledger.result([acked("a", 1, 3)])).toMatchObject({ missing: 1, ingested: 2 });
});

test("an ingested message that nobody acknowledged is not missing", () => {
  const ledger = new Ledger(["a"]);
  ledger.ingest(record("a", 1));
  ledger.ingest(record("a", 2));
  expect(ledger.result([acked("a", 1, 1)])).toMatchObject({ acked: 1, ingested: 2, missing: 0 });
});

test("each boot of a device has numbers of its own", () => {
  const ledger = new Ledger(["a"]);
  ledger.ingest(record("a", 2));
  ledger.ingest(record("a", 1, 2));
  const result = ledger.result([acked("a", 2, 2), acked("a", 1, 1, 2)]);
  expect(result).toMatchObject({ missing: 0, duplicated: 0, outOfOrder: 0 });
});

test("strangers and messages without our properties are left out", () => {
  const ledger = new Ledger(["a"]);
  ledger.ingest(record("stranger", 1));
  ledger.ingest({ deviceId: "a", boot: null, seq: null });
  expect(ledger.result([])).toMatchObject({ ingested: 0, duplicated: 0 });
});

/** A device's messages as they may arrive: some lost, some doubled, in any order. */
const arrivals = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 });

test("distinct and doubled arrivals sum to all arrivals, and missing is acked without ingested", () => {
  fc.assert(
    fc.property(arrivals, fc.uniqueArray(fc.integer({ min: 1, max: 40 })), (seqs, ackedSeqs) => {
      const ledger = new Ledger(["a"]);
      for (const seq of seqs) ledger.ingest(record("a", seq));
      const set = new SeqSet();
      for (const seq of ackedSeqs) set.add(seq);
      const result = ledger.result([{ deviceId: "a", boot: 1, ranges: set.toRanges() }]);
      expect(result.ingested + result.duplicated).toBe(seqs.length);
      expect(result.acked).toBe(ackedSeqs.length);
      expect(result.missing).toBe(ackedSeqs.filter((seq) => !seqs.includes(seq)).length);
    }),
  );
});

test("arrivals in ascending order are never out of order, whatever is missing", () => {
  fc.assert(
    fc.property(arrivals, (seqs) => {
      const ledger = new Ledger(["a"]);
      for (const seq of seqs.toSorted((a, b) => a - b)) ledger.ingest(record("a", seq));
      expect(ledger.result([]).outOfOrder).toBe(0);
    }),
  );
});
