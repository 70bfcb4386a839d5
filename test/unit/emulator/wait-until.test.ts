import { expect, test } from "vitest";
import { waitUntil } from "../../../src/emulator/wait-until.ts";

test("a time that has passed is not waited for", async () => {
  expect(await waitUntil(5, () => 5, new AbortController().signal)).toBe(true);
});

test("the wait ends when the clock has come there, however often it must look", async () => {
  let looks = 0;
  const nowMs = (): number => ++looks;
  expect(await waitUntil(4, nowMs, new AbortController().signal)).toBe(true);
  expect(looks).toBe(4);
});

test("an aborted wait says so, before and after it began, however long it would take", async () => {
  expect(await waitUntil(0, () => 5, AbortSignal.abort())).toBe(false);
  const stop = new AbortController();
  const wait = waitUntil(1e15, () => 0, stop.signal);
  stop.abort();
  expect(await wait).toBe(false);
});
