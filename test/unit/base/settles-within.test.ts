import { expect, test } from "vitest";
import { deferred } from "../../../src/base/deferred.ts";
import { settlesWithin } from "../../../src/base/settles-within.ts";

test("a promise that resolves is in time, one that does not is late", async () => {
  expect(await settlesWithin(Promise.resolve("x"), 60_000)).toBe(true);
  expect(await settlesWithin(deferred<void>().promise, 1)).toBe(false);
});

test("what a promise rejects with in time is thrown", async () => {
  await expect(settlesWithin(Promise.reject(new Error("gone")), 60_000)).rejects.toThrow("gone");
});
