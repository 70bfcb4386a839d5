import fc from "fast-check";
import { expect, test } from "vitest";
import { Partition } from "../../../../src/emulator/events/partition.ts";
import { logWith, message } from "./stored-events.ts";

const sequencesIn = (queue: {
  readonly first: number;
  readonly next: number;
  at(number: number): { readonly sequence: number } | undefined;
}): (number | undefined)[] =>
  Array.from({ length: queue.next - queue.first }, (_, at) => queue.at(queue.first + at)?.sequence);

test("a message is in the ledger and in its partitions as long, whatever the bounds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.subarray([0, 1, 2]), { maxLength: 300 }),
      fc.integer({ min: 1, max: 300 }),
      (routes, maxCount) => {
        const log = logWith({ maxCount });
        const partitions = ["0", "1", "2"].map((id) => new Partition(id));
        for (const route of routes)
          log.append(
            message(),
            route.flatMap((one) => partitions[one] ?? []),
          );
        const kept = routes.map((route, at) => ({ route, sequence: at + 1 })).slice(-maxCount);
        expect(sequencesIn(log.ledger)).toEqual(kept.map(({ sequence }) => sequence));
        for (const [number, partition] of partitions.entries()) {
          const mine = kept.filter(({ route }) => route.includes(number));
          expect(sequencesIn(partition)).toEqual(mine.map(({ sequence }) => sequence));
          expect(partition.next).toBe(routes.filter((route) => route.includes(number)).length);
        }
      },
    ),
  );
});

test("the bound on bytes drops the oldest", () => {
  const log = logWith({ maxBytes: 10_000 });
  for (let n = 0; n < 20; n++) log.append(message({ body: Buffer.alloc(1750) }), []);
  expect(log.ledger.next - log.ledger.first).toBe(5);
});

test("what is kept is younger than the retention, and nothing that is younger is dropped", () => {
  const steps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 100 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 200 }), (pauses, retentionMs) => {
      let nowMs = 0;
      const log = logWith({ retentionMs, clock: () => nowMs });
      const partition = new Partition("0");
      const times = pauses.map((pause) => (nowMs += pause));
      for (const enqueuedMs of times) log.append(message({ enqueuedMs }), [partition]);
      nowMs += 30;
      log.dropExpired();
      const kept = times.filter((time) => time > nowMs - retentionMs);
      expect(partition.next - partition.first).toBe(kept.length);
      expect(partition.at(partition.first)?.message.enqueuedMs).toBe(kept[0]);
      expect(log.ledger.next - log.ledger.first).toBe(kept.length);
    }),
  );
});

test("what is as old as the retention is dropped, by the next message and by the next reader", () => {
  let nowMs = 0;
  const log = logWith({ retentionMs: 100, clock: () => nowMs });
  const partition = new Partition("0");
  for (const enqueuedMs of [0, 50, 100]) log.append(message({ enqueuedMs }), [partition]);
  expect([log.ledger.first, partition.first]).toEqual([2, 1]);
  nowMs = 149;
  log.dropExpired();
  expect(log.ledger.first).toBe(2);
  nowMs = 200;
  log.dropExpired();
  expect([log.ledger.first, log.ledger.next]).toEqual([4, 4]);
  expect([partition.first, partition.next]).toEqual([3, 3]);
});
