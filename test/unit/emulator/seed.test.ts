import { expect, test } from "vitest";
import { seeded } from "../../../src/emulator/seed.ts";
import { MEMORY_STATE } from "../../../src/emulator/state/state.ts";
import { MemoryStore } from "./state/memory-store.ts";

const drawn = ({ newId, newKey, stamp }: ReturnType<typeof seeded>): readonly unknown[] =>
  Array.from({ length: 5 }, () => [newId(), newKey(32), stamp()]);

test("a seed gives the same ids, keys and times, and another one others", () => {
  expect(drawn(seeded(7, MEMORY_STATE))).toEqual(drawn(seeded(7, MEMORY_STATE)));
  expect(drawn(seeded(7, MEMORY_STATE))).not.toEqual(drawn(seeded(8, MEMORY_STATE)));
});

test("ids are GUIDs, keys have their length, and times go on by a millisecond", () => {
  const { newId, newKey, stamp } = seeded(7, MEMORY_STATE);
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const bytes of [16, 30, 32, 64])
    expect(Buffer.from(newKey(bytes), "base64")).toHaveLength(bytes);
  expect([stamp(), stamp()].map((ms) => new Date(ms).toISOString())).toEqual([
    "2026-01-01T00:00:00.001Z",
    "2026-01-01T00:00:00.002Z",
  ]);
});

test("with kept state they go on where they were", async () => {
  const whole = drawn(seeded(7, MEMORY_STATE));
  const store = new MemoryStore();
  const parts: unknown[] = [];
  for (let n = 0; n < whole.length; n++) {
    const state = await store.open();
    const { newId, newKey, stamp } = seeded(7, state);
    parts.push([newId(), newKey(32), stamp()]);
    await state.end();
  }
  expect(parts).toEqual(whole);
});
