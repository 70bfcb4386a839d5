import fc from "fast-check";
import { expect, test } from "vitest";
import type { EventLog } from "../../../../src/emulator/events/event-log.ts";
import type { EventSource, ReadOptions } from "../../../../src/emulator/events/event-stream.ts";
import { readEvents } from "../../../../src/emulator/events/event-stream.ts";
import { Partition } from "../../../../src/emulator/events/partition.ts";
import { collect, logWith, message } from "./stored-events.ts";

const ledgerFrom = (log: EventLog, from: number): EventSource => ({
  queue: log.ledger,
  from,
  line: ({ sequence }) => String(sequence),
});

const options = (
  sources: readonly EventSource[],
  more: Partial<ReadOptions> = {},
): ReadOptions => ({
  sources,
  follow: false,
  signal: new AbortController().signal,
  ...more,
});

test("what is lost and what is read sum to what was appended, whatever the bounds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 1, max: 1500 }),
      fc.integer({ min: 1, max: 2100 }),
      async (count, maxCount, from) => {
        const log = logWith({ maxCount });
        for (let n = 0; n < count; n++) log.append(message(), []);
        const lines = await collect(readEvents(log, options([ledgerFrom(log, from)])));
        const lost = lines[0]?.startsWith("{") === true ? JSON.parse(lines[0]).lost : 0;
        const sequences = lines.filter((line) => !line.startsWith("{")).map(Number);
        expect(lost + sequences.length).toBe(Math.max(0, count - from + 1));
        expect(sequences).toEqual(sequences.map((_, index) => from + lost + index));
      },
    ),
    { numRuns: 50 },
  );
});

test("partitions are read together in the order of ingestion, each with numbers without gaps", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 600 }),
      fc.integer({ min: 1, max: 600 }),
      async (route, maxCount) => {
        const log = logWith({ maxCount });
        const partitions = ["0", "1", "2", "3"].map((id) => new Partition(id));
        const sources = partitions.map((queue, partition) => ({
          queue,
          from: 0,
          line: ({ sequence }: { readonly sequence: number }, number: number) =>
            JSON.stringify({ sequence, partition, number }),
        }));
        for (const one of route) log.append(message(), partitions.slice(one, one + 1));
        const lines = await collect(readEvents(log, options(sources)));
        const all = route.map((partition, at) => ({
          sequence: at + 1,
          partition,
          number: route.slice(0, at).filter((one) => one === partition).length,
        }));
        const lost = Math.max(0, route.length - maxCount);
        expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
          ...(lost === 0 ? [] : [{ lost }]),
          ...all.slice(lost),
        ]);
      },
    ),
    { numRuns: 50 },
  );
});

test("what is left out is looked at in several turns, and the rest is found", async () => {
  const log = logWith();
  for (let n = 0; n < 20_000; n++) log.append(message({ deviceId: n === 19_999 ? "b" : "a" }), []);
  const ofB = options([ledgerFrom(log, 1)], {
    keeps: ({ message: { deviceId } }) => deviceId === "b",
  });
  expect(await collect(readEvents(log, ofB))).toEqual(["20000"]);
});

test("a reader that does not follow ends with what was there when it began", async () => {
  const log = logWith();
  for (let n = 0; n < 300; n++) log.append(message(), []);
  const chunks = readEvents(log, options([ledgerFrom(log, 1)]));
  const first = await chunks.next();
  log.append(message(), []);
  expect(first.value?.split("\n")).toHaveLength(257);
  expect(await collect(chunks)).toEqual(Array.from({ length: 44 }, (_, n) => String(257 + n)));
});

test("a chunk of long lines ends early", async () => {
  const log = logWith();
  for (let n = 0; n < 3; n++) log.append(message(), []);
  const source = { queue: log.ledger, from: 1, line: () => "x".repeat(100_000) };
  const chunks = readEvents(log, options([source]));
  const lengths: number[] = [];
  for await (const chunk of chunks) lengths.push(chunk.length);
  expect(lengths).toEqual([200_002, 100_001]);
});

test("a follower waits for the next message and ends when it is told to", async () => {
  const log = logWith();
  const stop = new AbortController();
  const events = readEvents(
    log,
    options([ledgerFrom(log, 1)], { follow: true, signal: stop.signal }),
  );
  const first = events.next();
  log.append(message(), []);
  expect(await first).toEqual({ done: false, value: "1\n" });
  const second = events.next();
  stop.abort();
  expect(await second).toEqual({ done: true, value: undefined });
});

test("a follower that was overtaken is told of what it lost, once", async () => {
  const log = logWith({ maxCount: 2 });
  const events = readEvents(log, options([ledgerFrom(log, 1)], { follow: true }));
  log.append(message(), []);
  expect(await events.next()).toMatchObject({ value: "1\n" });
  for (let n = 2; n <= 6; n++) log.append(message(), []);
  expect(await events.next()).toMatchObject({ value: '{"lost":3}\n' });
  expect(await events.next()).toMatchObject({ value: "5\n6\n" });
  await events.return(undefined);
});
