import fc from "fast-check";
import { expect, test } from "vitest";
import { fullLine, ledgerLine } from "../../../../src/emulator/events/event-line.ts";
import type { IngestedMessage } from "../../../../src/emulator/events/event-log.ts";
import { EventLog } from "../../../../src/emulator/events/event-log.ts";
import { readEvents } from "../../../../src/emulator/events/event-stream.ts";

const message = (more: Partial<IngestedMessage> = {}): IngestedMessage => ({
  hub: "hub",
  deviceId: "dev",
  generationId: "1",
  modelId: "",
  loginMethod: "thumbprint",
  enqueuedMs: 0,
  bag: "",
  added: undefined,
  body: Buffer.alloc(0),
  ...more,
});

const numberOf = (event: { readonly sequence: number }): string => String(event.sequence);

const ledgerOf = (bag: string): unknown =>
  JSON.parse(ledgerLine({ ...message({ bag }), sequence: 1 }));

async function collect(chunks: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const chunk of chunks) lines.push(...chunk.trimEnd().split("\n"));
  return lines;
}

test("what is lost and what is read sum to what was appended, whatever the bounds", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2000 }),
      fc.integer({ min: 1, max: 1500 }),
      fc.integer({ min: 1, max: 2100 }),
      async (count, maxCount, from) => {
        const log = new EventLog({ maxCount, maxBytes: 1e9 });
        for (let n = 0; n < count; n++) log.append(message());
        const options = {
          from,
          follow: false,
          line: numberOf,
          signal: new AbortController().signal,
        };
        const lines = await collect(readEvents(log, options));
        const lost = lines[0]?.startsWith("{") === true ? JSON.parse(lines[0]).lost : 0;
        const sequences = lines.filter((line) => !line.startsWith("{")).map(Number);
        expect(lost + sequences.length).toBe(Math.max(0, count - from + 1));
        expect(sequences).toEqual(sequences.map((_, index) => from + lost + index));
      },
    ),
    { numRuns: 50 },
  );
});

test("the bound on bytes drops the oldest", () => {
  const log = new EventLog({ maxCount: 1000, maxBytes: 10_000 });
  for (let n = 0; n < 20; n++) log.append(message({ body: Buffer.alloc(1800) }));
  expect(log.nextSequence - log.firstSequence).toBe(5);
});

test("a follower waits for the next message and ends when it is told to", async () => {
  const log = new EventLog({ maxCount: 10, maxBytes: 1e6 });
  const stop = new AbortController();
  const events = readEvents(log, { from: 1, follow: true, line: numberOf, signal: stop.signal });
  const first = events.next();
  log.append(message());
  expect(await first).toEqual({ done: false, value: "1\n" });
  const second = events.next();
  stop.abort();
  expect(await second).toEqual({ done: true, value: undefined });
});

test("a time finds the first message at or after it", () => {
  const log = new EventLog({ maxCount: 10, maxBytes: 1e6 });
  for (const enqueuedMs of [10, 20, 20, 30]) log.append(message({ enqueuedMs }));
  expect([5, 10, 15, 20, 30, 31].map((ms) => log.sequenceAt(ms))).toEqual([1, 1, 2, 2, 4, 5]);
});

test("a ledger line has boot and seq, or null where they are no counts", () => {
  expect(ledgerOf("boot=2&seq=17")).toEqual({
    sequence: 1,
    deviceId: "dev",
    boot: 2,
    seq: 17,
    enqueuedMs: 0,
  });
  expect(ledgerOf("seq=-1&boot=x")).toMatchObject({ boot: null, seq: null });
});

test("a body that is no UTF-8 is shown as base64", () => {
  const event = { ...message({ body: Buffer.from([0xff, 0]) }), sequence: 1 };
  expect(JSON.parse(fullLine(event))).toMatchObject({ bodyBase64: "/wA=" });
  expect(JSON.parse(fullLine({ ...event, body: Buffer.from("ü") }))).toMatchObject({ body: "ü" });
});
