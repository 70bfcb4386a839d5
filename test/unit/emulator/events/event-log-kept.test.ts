import fc from "fast-check";
import { expect, test } from "vitest";
import { eventPacking } from "../../../../src/emulator/events/event-packing.ts";
import { EventLog } from "../../../../src/emulator/events/event-log.ts";
import { Partition } from "../../../../src/emulator/events/partition.ts";
import { MemoryStore } from "../state/memory-store.ts";
import { message } from "./stored-events.ts";

const IDS = ["hub/0", "hub/1", "hub/2"];

/** What readers find: numbers and bodies. */
const shown = (queue: EventLog["ledger"]): readonly unknown[] =>
  Array.from({ length: queue.next - queue.first }, (_, at) => [
    queue.first + at,
    queue.at(queue.first + at)?.message.body.toString(),
  ]);

test("a log that is kept is the one that never stopped, whatever was dropped, and its numbers go on", async () => {
  const step = fc.oneof(
    fc.record({ to: fc.subarray(IDS), body: fc.string() }),
    fc.constant("restart" as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step), fc.integer({ min: 1, max: 8 }), async (steps, maxCount) => {
      const store = new MemoryStore();
      const bounds = { maxCount, maxBytes: 1e9, retentionMs: 1e9, clock: () => 0 };
      const start = async () => {
        const state = await store.open();
        const log = new EventLog({ ...bounds, state });
        const partitions = IDS.map((id) => new Partition(id));
        log.restore(partitions);
        return { state, log, partitions };
      };
      const model = {
        log: new EventLog(bounds),
        partitions: IDS.map((id) => new Partition(id)),
      };
      let now = await start();
      for (const one of [...steps, "restart" as const])
        if (one === "restart") {
          await now.state.end();
          now = await start();
        } else
          for (const { log, partitions } of [now, model])
            log.append(
              message({ body: Buffer.from(one.body) }),
              partitions.filter(({ id }) => one.to.includes(id)),
            );
      for (const at of [-1, 0, 1, 2]) {
        const [kept, never] = [now, model].map(
          ({ log, partitions }) => partitions[at] ?? log.ledger,
        );
        expect([kept?.first, kept?.next]).toEqual([never?.first, never?.next]);
        expect(kept && shown(kept)).toEqual(never && shown(never));
      }
    }),
  );
});

test("what was dropped is gone, though a kill came before all of it was deleted", async () => {
  const store = new MemoryStore();
  let nowMs = 0;
  const bounds = { maxCount: 1e6, maxBytes: 1e9, retentionMs: 100, clock: () => nowMs };
  const state = await store.open();
  const log = new EventLog({ ...bounds, state });
  for (let n = 0; n < 10_000; n++) log.append(message(), []);
  await state.saved();
  nowMs = 200;
  log.dropExpired();
  await state.saved();
  const left = [...store.rows.keys()].filter((key) => key.startsWith("log"));
  expect(left.length).toBeGreaterThan(1000);
  const later = await store.open();
  const again = new EventLog({ ...bounds, state: later });
  again.restore([]);
  expect([again.ledger.first, again.ledger.next]).toEqual([10_001, 10_001]);
  await later.end();
  expect([...store.rows.keys()].filter((key) => key.startsWith("log"))).toEqual([]);
});

test("messages of a partition that is gone are in the ledger alone", async () => {
  const store = new MemoryStore();
  const bounds = { maxCount: 10, maxBytes: 1e9, retentionMs: 1e9, clock: () => 0 };
  const state = await store.open();
  const log = new EventLog({ ...bounds, state });
  log.append(message(), [new Partition("gone")]);
  await state.end();
  const again = new EventLog({ ...bounds, state: await store.open() });
  const partition = new Partition("new");
  again.restore([partition]);
  expect([again.ledger.next, partition.next]).toEqual([2, 0]);
});

test("a message comes back as it was, and anything else is none", () => {
  const anyMessage = fc.record({
    hub: fc.string(),
    deviceId: fc.string(),
    generationId: fc.string(),
    modelId: fc.string(),
    loginMethod: fc.constantFrom("deviceToken", "policyToken", "thumbprint", "ca"),
    enqueuedMs: fc.nat(),
    bag: fc.string(),
    added: fc.option(fc.constant({ "mqtt-retain": "true" }), { nil: undefined }),
    body: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(anyMessage, fc.array(fc.string()), (one, ids) => {
      const partitions = ids.map((id) => new Partition(id));
      const packed = eventPacking.pack({ message: one, sequence: 1, partitions });
      expect(eventPacking.unpack(packed)).toEqual({ message: one, partitions: ids });
    }),
  );
  for (const head of ["", "{", "[]", '["hub"]'])
    expect(eventPacking.unpack({ head, body: Buffer.alloc(0) })).toBeUndefined();
});
