import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createLogger } from "../../../src/base/log.ts";
import { ByteBudget } from "../../../src/emulator/byte-budget.ts";
import { LimitLog } from "../../../src/emulator/limit-log.ts";

function budget(each: number, total: number) {
  const limits: unknown[] = [];
  const destination = { write: (line: string) => void limits.push(JSON.parse(line).limit) };
  const log = createLogger({ level: "warn", destination });
  const names = { each: "unreadMaxBytes", total: "unreadTotalMaxBytes" } as const;
  const bytes = new ByteBudget({ each, total, names }, new LimitLog({ clock: () => 0, log }));
  return { bytes, limits };
}

test("a connection that holds more than its own bound is closed, and holds nothing then", () => {
  const { bytes, limits } = budget(10, 100);
  const stream = new PassThrough();
  expect(bytes.take(stream, 10)).toBe(true);
  expect(bytes.take(stream, 1)).toBe(false);
  expect(stream.destroyed).toBe(true);
  expect(bytes.total).toBe(0);
  // What was taken before comes back late.
  bytes.give(stream, 10);
  expect(bytes.total).toBe(0);
  expect(bytes.take(stream, 1)).toBe(false);
  expect(limits).toEqual(["unreadMaxBytes"]);
});

test("where all hold more than their common bound the one that holds most is closed", () => {
  const { bytes, limits } = budget(60, 100);
  const [modest, greedy, last] = [new PassThrough(), new PassThrough(), new PassThrough()];
  expect(bytes.take(modest, 30)).toBe(true);
  expect(bytes.take(greedy, 60)).toBe(true);
  expect(bytes.take(last, 20)).toBe(true);
  expect([modest, greedy, last].map(({ destroyed }) => destroyed)).toEqual([false, true, false]);
  expect(bytes.total).toBe(50);
  expect(limits).toEqual(["unreadTotalMaxBytes"]);
});

test("whatever is taken and given back, both bounds hold, and the total is what is held", () => {
  const step = fc.record({
    at: fc.nat(4),
    bytes: fc.integer({ min: 1, max: 40 }),
    gives: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { bytes } = budget(50, 90);
      const streams = Array.from({ length: 5 }, () => new PassThrough());
      const held = new Map<PassThrough, number[]>();
      for (const { at, bytes: count, gives } of steps) {
        const stream = streams[at] ?? new PassThrough();
        const taken = held.get(stream) ?? [];
        held.set(stream, taken);
        if (!gives && bytes.take(stream, count)) taken.push(count);
        if (gives) bytes.give(stream, taken.pop() ?? 0);
        const open = [...held].filter(([{ destroyed }]) => !destroyed);
        const sums = open.map(([, counts]) => counts.reduce((sum, one) => sum + one, 0));
        expect(bytes.total).toBe(sums.reduce((sum, one) => sum + one, 0));
        expect(bytes.total).toBeLessThanOrEqual(90);
        for (const sum of sums) expect(sum).toBeLessThanOrEqual(50);
      }
    }),
  );
});
