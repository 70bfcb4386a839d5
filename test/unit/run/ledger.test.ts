import fc from "fast-check";
import { expect, test } from "vitest";

import type { ToldMessages } from "../../../src/metrics/aggregate.ts";
import type { SeqRanges } from "../../../src/metrics/device-row.ts";
import { SeqSet } from "../../../src/metrics/seq-ranges.ts";
import { Ledger } from "../../../src/run/ledger.ts";

const record = (deviceId: string, seq: number, boot = 1) => ({ deviceId, boot, seq });

const runs = (numbers: readonly number[]): SeqRanges => {
  const set = new SeqSet();
  for (const number of numbers) set.add(number);
  return set.toRanges();
};

/** What a device told that sent up to the highest of these numbers. */
function told(
  deviceId: string,
  acked: readonly number[],
  more: {
    readonly failed?: readonly number[];
    readonly sent?: number;
    readonly boot?: number;
  } = {},
): ToldMessages {
  const { failed = [], sent = Math.max(0, ...acked, ...failed), boot = 1 } = more;
  return { deviceId, boot, sent, acked: runs(acked), failed: runs(failed) };
}

/** A ledger that was given these records in their order. */
function ledgerOf(...records: readonly Parameters<Ledger["ingest"]>[0][]): Ledger {
  const ledger = new Ledger(["a", "b"]);
  for (const one of records) ledger.ingest(one);
  return ledger;
}

test("what was acknowledged and ingested once, in order, is clean", () => {
  const ledger = new Ledger(["a", "b"]);
  for (const seq of [1, 2, 3]) for (const id of ["a", "b"]) ledger.ingest(record(id, seq));
  expect(ledger.close([told("a", [1, 2, 3]), told("b", [1, 2, 3])])).toEqual({
    acked: 6,
    ingested: 6,
    missing: 0,
    duplicated: 0,
    outOfOrder: 0,
    unconfirmed: 0,
    unconfirmedBy: { unacked: 0, failed: 0, untold: 0 },
    devices: [],
  });
});

test("an acknowledged message that was not ingested is missing, and named", () => {
  const ledger = ledgerOf(record("a", 1), record("a", 3));
  expect(ledger.close([told("a", [1, 2, 3])])).toMatchObject({
    missing: 1,
    ingested: 2,
    devices: [{ deviceId: "a", missing: 1, first: { missing: [{ boot: 1, seq: 2 }] } }],
  });
});

test("what was ingested and never acknowledged is unconfirmed, by what its device says of it", () => {
  // 1 acknowledged, 2 under way at the end, 3 given up; of 4 the worker had not told when it was lost.
  const ledger = ledgerOf(...[1, 2, 3, 4].map((seq) => record("a", seq)));
  expect(ledger.close([told("a", [1], { failed: [3], sent: 3 })])).toEqual({
    acked: 1,
    ingested: 4,
    missing: 0,
    duplicated: 0,
    outOfOrder: 0,
    unconfirmed: 3,
    unconfirmedBy: { unacked: 1, failed: 1, untold: 1 },
    devices: [
      {
        deviceId: "a",
        missing: 0,
        duplicated: 0,
        outOfOrder: 0,
        unacked: 1,
        unconfirmed: 3,
        first: {
          unacked: [{ boot: 1, seq: 2 }],
          unconfirmed: [2, 3, 4].map((seq) => ({ boot: 1, seq })),
        },
      },
    ],
  });
});

test("messages of a boot that no worker told of are unconfirmed, not missing", () => {
  const ledger = ledgerOf(record("a", 1), record("a", 1, 2));
  expect(ledger.close([told("a", [1])])).toMatchObject({
    missing: 0,
    unconfirmed: 1,
    unconfirmedBy: { untold: 1 },
    devices: [{ first: { unconfirmed: [{ boot: 2, seq: 1 }] } }],
  });
});

test("a boot whose numbers go on from another's begins with the first of them", () => {
  const ledger = ledgerOf(record("a", 1), record("a", 3, 2), record("a", 5, 2));
  const resumed = { deviceId: "a", boot: 2, first: 3, sent: 2, acked: runs([3, 4]), failed: [] };
  expect(ledger.close([told("a", [1]), resumed])).toMatchObject({
    acked: 3,
    ingested: 3,
    unconfirmedBy: { untold: 1 },
    devices: [{ deviceId: "a", missing: 1, unacked: 0, first: { missing: [{ boot: 2, seq: 4 }] } }],
  });
});

test("an unacknowledged message that was not ingested is named as well", () => {
  expect(new Ledger(["a"]).close([told("a", [1], { sent: 2 })])).toMatchObject({
    unconfirmed: 0,
    devices: [{ unacked: 1, first: { unacked: [{ boot: 1, seq: 2 }] } }],
  });
});

test("each boot of a device has numbers of its own", () => {
  const ledger = ledgerOf(record("a", 2), record("a", 1, 2));
  const result = ledger.close([told("a", [2], { failed: [1] }), told("a", [1], { boot: 2 })]);
  expect(result).toMatchObject({ missing: 0, duplicated: 0, outOfOrder: 0, devices: [] });
});

test("a message that comes three times is duplicated twice, and named once", () => {
  const ledger = ledgerOf(record("a", 1), record("a", 1), record("a", 1));
  expect(ledger.close([told("a", [1])])).toMatchObject({
    duplicated: 2,
    devices: [{ duplicated: 2, first: { duplicated: [{ boot: 1, seq: 1 }] } }],
  });
});

test("strangers and messages without our properties are left out", () => {
  const ledger = ledgerOf(
    record("stranger", 1),
    record("stranger", 1),
    { deviceId: "a", boot: null, seq: null },
    { deviceId: "a", boot: 0, seq: 1 },
  );
  expect(ledger.close([])).toMatchObject({ ingested: 0, duplicated: 0, devices: [] });
});

test("a device that DPS gave another id is ours by what it told", () => {
  const ledger = ledgerOf(record("cave-in-the-hub", 1));
  const result = ledger.close([told("cave-in-the-hub", [1])]);
  expect(result).toMatchObject({ acked: 1, ingested: 1, missing: 0 });
});

test("whether a message came for the first time is told at once", () => {
  const ledger = new Ledger(["a"]);
  const seqs = [2, 1, 2, 3];
  expect(seqs.map((seq) => ledger.ingest(record("a", seq)))).toEqual([true, true, false, true]);
  expect(ledger.ingest({ deviceId: "a", boot: 1, seq: null })).toBe(false);
});

test("the worst devices come first, and of many messages the first five are named", () => {
  const ledger = ledgerOf(record("twice", 1), record("twice", 1));
  const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const result = ledger.close([told("twice", [1]), told("a", [1]), told("b", nine)]);
  expect(result.devices.map(({ deviceId }) => deviceId)).toEqual(["b", "a", "twice"]);
  expect(result.devices[0]).toMatchObject({
    missing: 9,
    first: { missing: [1, 2, 3, 4, 5].map((seq) => ({ boot: 1, seq })) },
  });
});

/** Numbers of one device's messages, some of them twice, in any order. */
const seqs = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 80 });
/** Which of 40 messages were acknowledged, failed, or neither. */
const fates = fc.array(fc.constantFrom("acked", "failed", "open"), { maxLength: 40 });

test("every message is accounted for once, as a count one by one has it", () => {
  fc.assert(
    fc.property(seqs, fates, (arrivals, fate) => {
      const numbered = (wanted: string): number[] =>
        fate.flatMap((one, index) => (one === wanted ? [index + 1] : []));
      const [acked, failed] = [numbered("acked"), numbered("failed")];
      const ledger = ledgerOf(...arrivals.map((seq) => record("a", seq)));
      const result = ledger.close([told("a", acked, { failed, sent: fate.length })]);
      const distinct = new Set(arrivals);
      expect(result.ingested).toBe(distinct.size);
      expect(result.ingested + result.duplicated).toBe(arrivals.length);
      expect(result.acked).toBe(acked.length);
      expect(result.missing).toBe(acked.filter((seq) => !distinct.has(seq)).length);
      expect(result.ingested + result.missing).toBe(result.acked + result.unconfirmed);
      expect(result.unconfirmedBy).toEqual({
        unacked: numbered("open").filter((seq) => distinct.has(seq)).length,
        failed: failed.filter((seq) => distinct.has(seq)).length,
        untold: [...distinct].filter((seq) => seq > fate.length).length,
      });
      const late = arrivals.filter(
        (seq, at) =>
          !arrivals.slice(0, at).includes(seq) && seq < Math.max(0, ...arrivals.slice(0, at)),
      );
      expect(result.outOfOrder).toBe(late.length);
      expect(result.devices[0]?.unacked ?? 0).toBe(numbered("open").length);
    }),
  );
});

test("what is summed up is the sum over the devices", () => {
  fc.assert(
    fc.property(seqs, seqs, fc.nat({ max: 20 }), (one, other, acked) => {
      const upTo = Array.from({ length: acked }, (_, index) => index + 1);
      const ledger = ledgerOf(
        ...one.map((seq) => record("a", seq)),
        ...other.map((seq) => record("b", seq)),
      );
      const result = ledger.close([told("a", upTo), told("b", upTo)]);
      for (const trouble of ["missing", "duplicated", "outOfOrder", "unconfirmed"] as const) {
        const sum = result.devices.reduce((all, device) => all + device[trouble], 0);
        expect(result[trouble]).toBe(sum);
      }
    }),
  );
});
