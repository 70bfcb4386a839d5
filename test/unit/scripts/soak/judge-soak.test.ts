import fc from "fast-check";
import { expect, test } from "vitest";
import type { Seen } from "../../../../scripts/soak/judge-soak.ts";
import type { Limit } from "../../../../scripts/soak/soak-options.ts";
import { grownCounts, judgeProcess } from "../../../../scripts/soak/judge-soak.ts";

const MINUTE_MS = 60_000;
const LIMIT = { bytes: 2_048, per: "device-hour" } as const;
/** Each of 20 levels once, in no order. */
const LEVELS = [3, 17, 8, 12, 0, 19, 5, 14, 9, 1, 16, 7, 11, 4, 18, 2, 13, 6, 15, 10];

/** A look a minute at a process of 60 devices, which so live one device-hour a minute. */
const judged = (
  bytesAt: (index: number) => number,
  countsAt?: (index: number) => Seen["held"]["counts"],
  limit: Limit = LIMIT,
) =>
  judgeProcess(
    {
      name: "worker 0",
      devices: 60,
      share: 0.5,
      seen: Array.from({ length: 20 }, (_, index) => ({
        atMs: index * MINUTE_MS,
        reconnects: 8 * index,
        held: {
          heapBytes: Math.round(3e7 + bytesAt(index)),
          externalBytes: 1_000_000,
          rssBytes: 1e8,
          counts: countsAt?.(index),
        },
      })),
    },
    limit,
  );

test("what stays below the allowance holds, what is above it grows, for each device and hour", () => {
  expect(judged((index) => 1_000 * index)).toMatchObject({ growth: "holds", looks: 20 });
  const grown = judged((index) => 3_072 * index);
  expect(grown.growth).toBe("grows");
  expect(grown.slope.slope).toBeCloseTo(3_072, 6);
  expect(grown.lastBytes - grown.firstBytes).toBe(19 * 3_072);
});

const perReconnect = (bytes: number) => ({ bytes, per: "reconnect" }) as const;

test("growth for each reconnect is that of the process's own devices", () => {
  // Of eight reconnects a minute half are its own.
  const grown = judged((index) => 4 * 1_024 * index, undefined, perReconnect(1_000));
  expect(grown.growth).toBe("grows");
  expect(grown.slope.slope).toBeCloseTo(1_024, 6);
  expect(judged((index) => 4 * 1_024 * index, undefined, perReconnect(1_100)).growth).toBe("holds");
});

test("a process that was seen once is not judged", () => {
  const held = { heapBytes: 3e7, externalBytes: 0, rssBytes: 1e8 };
  const seen = [{ atMs: 0, reconnects: 0, held }];
  const { growth } = judgeProcess({ name: "worker 0", devices: 60, share: 1, seen }, LIMIT);
  expect(growth).toBe("unsure");
});

test("a slope that the noise hides neither passes nor is called a leak", () => {
  expect(judged((index) => (LEVELS[index] ?? 0) * 100_000 + 2_000 * index).growth).toBe("unsure");
});

test("external memory counts as the heap does", () => {
  const seen = Array.from({ length: 20 }, (_, index) => ({
    atMs: index * MINUTE_MS,
    reconnects: 0,
    held: { heapBytes: 3e7, externalBytes: index * 4_096, rssBytes: 1e8 },
  }));
  expect(judgeProcess({ name: "emulator", devices: 60, share: 1, seen }, LIMIT).growth).toBe(
    "grows",
  );
});

test("of the counts of each end the least is taken, since what is under way only adds", () => {
  const under = new Map<number, Seen["held"]["counts"]>([
    [0, { "open socket": 63, "handle Timeout": 4 }],
    [1, { "open socket": 60, "handle Timeout": 5 }],
    [18, { "open socket": 60, "handle Timeout": 4, "handle WriteWrap": 1 }],
    [19, { "open socket": 61, "handle Timeout": 4 }],
  ]);
  expect(
    judged(
      () => 0,
      (index) => under.get(index),
    ).grown,
  ).toEqual([]);
});

test("a count that is higher than it was is told with both", () => {
  const grown = judged(
    () => 0,
    (index) => (index === 0 || index === 19 ? { "listeners Socket error": index + 1 } : undefined),
  );
  expect(grown.grown).toEqual([{ name: "listeners Socket error", before: 1, after: 20 }]);
});

test("a process that was not counted at both ends is not said to be as it was", () => {
  expect(judged(() => 0).grown).toBeUndefined();
  expect(
    judged(
      () => 0,
      (index) => (index === 0 ? {} : undefined),
    ).grown,
  ).toBeUndefined();
});

test("counts have grown exactly where there are more than before", () => {
  const counts = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.nat(3));
  fc.assert(
    fc.property(counts, counts, (before, after) => {
      const found = grownCounts(before, after);
      const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
      const differ = names.filter((name) => (before[name] ?? 0) < (after[name] ?? 0));
      expect(found.map(({ name }) => name)).toEqual(differ.toSorted());
      expect(grownCounts(before, before)).toEqual([]);
    }),
  );
});
