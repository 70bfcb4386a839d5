import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { deferred } from "../../../../src/base/deferred.ts";
import { entryKey } from "../../../../src/emulator/state/stored-bytes.ts";
import type { Packing } from "../../../../src/emulator/state/state.ts";
import { MemoryStore } from "./memory-store.ts";

type Step =
  | { readonly kind: "set"; readonly key: string; readonly value: number }
  | { readonly kind: "delete"; readonly key: string }
  | { readonly kind: "clear" | "restart" | "turn" };

// No character is special in a key.
const key = fc.constantFrom("a", "b", "", "a/b", "\u0000", "\u0000row", "ä𝄞", "__proto__");

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({ kind: fc.constant("set"), key, value: fc.integer() }),
    fc.record({ kind: fc.constant("set"), key, value: fc.integer() }),
    fc.record({ kind: fc.constant("delete"), key }),
    fc.record({ kind: fc.constantFrom("clear", "restart", "turn") }),
  ),
);

test("a table is a map that outlives its process, in its order", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const store = new MemoryStore();
      const model = new Map<string, number>();
      let state = await store.open();
      let table = state.table("numbers", z.int());
      let other = state.table("numbers/other", z.int());
      for (const step of all)
        switch (step.kind) {
          case "set":
            table.set(step.key, step.value);
            other.set(step.key, -step.value);
            model.set(step.key, step.value);
            break;
          case "delete":
            table.delete(step.key);
            model.delete(step.key);
            break;
          case "clear":
            table.clear();
            model.clear();
            break;
          case "turn":
            await state.saved();
            break;
          case "restart":
            await state.end();
            state = await store.open();
            table = state.table("numbers", z.int());
            other = state.table("numbers/other", z.int());
            break;
          default:
            step satisfies never;
        }
      await state.end();
      const last = (await store.open()).table("numbers", z.int());
      expect([...last]).toEqual([...model]);
      expect([...table]).toEqual([...model]);
    }),
  );
});

test("all changes of a turn are one write, and what is changed meanwhile is the next", async () => {
  const store = new MemoryStore();
  const state = await store.open();
  const table = state.table("numbers", z.int());
  const other = state.table("others", z.int());
  for (let n = 0; n < 100; n++) {
    table.set(String(n % 7), n);
    other.set("one", n);
  }
  const first = state.saved();
  await Promise.resolve();
  table.set("late", 1);
  await first;
  expect(store.writes).toBe(1);
  const held = deferred<void>();
  store.onWrite = () => held.promise;
  table.set("x", 1);
  const second = state.saved();
  await new Promise(setImmediate);
  table.set("y", 1);
  const third = state.saved();
  held.resolve();
  await second;
  expect(store.writes).toBe(2);
  store.onWrite = () => Promise.resolve();
  await third;
  expect(store.writes).toBe(3);
  expect(state.saved()).toBeUndefined();
});

test("what waits for a write is called in the order in which it asked, also from what is called", async () => {
  const store = new MemoryStore();
  const state = await store.open();
  const table = state.table("numbers", z.int());
  const seen: number[] = [];
  state.afterSaved(() => seen.push(0));
  table.set("a", 1);
  state.afterSaved(() => {
    seen.push(1);
    state.afterSaved(() => seen.push(3));
  });
  state.afterSaved(() => seen.push(2));
  expect(seen).toEqual([0]);
  await state.saved();
  expect(seen).toEqual([0, 1, 2, 3]);
});

test("who waits is called though what is called before changes something, and is told of a later write", async () => {
  const store = new MemoryStore();
  const state = await store.open();
  const table = state.table("numbers", z.int());
  table.set("a", 1);
  const writesAt: number[] = [];
  const again = new Promise<void>((resolve) => {
    state.afterSaved(() => {
      table.set("a", 2);
      state.afterSaved(() => {
        writesAt.push(store.writes);
        resolve();
      });
    });
  });
  state.afterSaved(() => writesAt.push(store.writes));
  await again;
  expect(writesAt).toEqual([1, 2]);
  await state.end();
});

test("where a write fails, all who wait are told, and nothing is written any more", async () => {
  const store = new MemoryStore();
  const state = await store.open();
  const table = state.table("numbers", z.int());
  store.onWrite = () => Promise.reject(new Error("no room"));
  table.set("a", 1);
  await expect(state.saved()).rejects.toThrow("no room");
  expect(store.failures).toHaveLength(1);
  table.set("b", 1);
  await expect(state.saved()).rejects.toThrow("no room");
  await state.end();
  expect(store.rows.size).toBe(0);
});

const textPacking: Packing<string, string> = {
  pack: (text) => ({ head: JSON.stringify(text.length), body: Buffer.from(text) }),
  unpack: ({ head, body }) => {
    const text = body.toString();
    return JSON.parse(head) === text.length ? text : undefined;
  },
};

test("a log has after a restart what was appended and not dropped", async () => {
  const step = fc.oneof(
    fc.record({ add: fc.integer({ min: 0, max: 20 }) }),
    fc.record({ drop: fc.integer({ min: 0, max: 30 }) }),
    fc.constant("restart" as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step), fc.string(), async (all, text) => {
      const store = new MemoryStore();
      let state = await store.open();
      let log = state.log("texts", textPacking);
      const model: { readonly number: number; readonly text: string }[] = [];
      const seen: (typeof model)[] = [];
      const wanted: (typeof model)[] = [];
      let next = 1;
      for (const one of all)
        if (one === "restart") {
          await state.end();
          state = await store.open();
          log = state.log("texts", textPacking);
          const kept: typeof model = [];
          log.replay((entry, number) => kept.push({ number, text: entry }));
          seen.push(kept);
          wanted.push([...model]);
        } else if ("add" in one)
          for (let n = 0; n < one.add; n++) {
            log.append(next, `${text}${next}`);
            model.push({ number: next, text: `${text}${next}` });
            next++;
          }
        else {
          model.splice(0, one.drop);
          log.dropBefore(model[0]?.number ?? next);
        }
      expect(seen).toEqual(wanted);
    }),
  );
});

test("an entry that is missing is told", async () => {
  const store = new MemoryStore();
  const state = await store.open();
  const log = state.log("texts", textPacking);
  for (const number of [7, 8, 9]) log.append(number, "x");
  await state.end();
  store.rows.delete(entryKey("texts", 8));
  const again = await store.open();
  again.log("texts", textPacking);
  expect(again.problems).toEqual(["texts 8: is missing"]);
});

test("rows and entries that cannot be read are told, each with its place", async () => {
  const store = new MemoryStore();
  const state = await store.open();
  state.table("texts", z.string()).set("a", "one");
  state.table("texts", z.string()).set("b", "two");
  state.log("bodies", textPacking).append(1, "x");
  await state.end();
  const again = await store.open();
  const table = again.table("texts", z.literal("two"));
  again.log("bodies", { ...textPacking, unpack: () => undefined });
  expect([...table.keys()]).toEqual(["b"]);
  expect(again.problems).toEqual([
    expect.stringContaining('"texts a": '),
    "bodies 1: expected an entry of this log",
  ]);
});

test("a value that its codec refuses is a write that failed: nothing more is kept, and all are told", async () => {
  const store = new MemoryStore();
  const state = await store.open();
  const table = state.table("numbers", z.int());
  table.set("a", 0.5);
  await expect(state.saved()).rejects.toThrow("int");
  expect(store.failures).toHaveLength(1);
  expect(store.rows.size).toBe(0);
  await state.end();
});
