import { expect, test } from "vitest";
import { Arrivals } from "../../../src/emulator/arrivals.ts";

test("everybody who waits goes on at the next announcement, and nobody twice", async () => {
  const arrivals = new Arrivals();
  const { signal } = new AbortController();
  const woken: string[] = [];
  const wait = async (name: string): Promise<void> => {
    await arrivals.next(signal);
    woken.push(name);
  };
  const all = Promise.all([wait("a"), wait("b")]);
  arrivals.announce();
  arrivals.announce();
  await all;
  expect(woken).toEqual(["a", "b"]);
});

test("whoever is aborted waits no longer, and is not woken again", async () => {
  const arrivals = new Arrivals();
  const ending = new AbortController();
  const waiting = arrivals.next(ending.signal);
  ending.abort();
  await expect(waiting).resolves.toBeUndefined();
  arrivals.announce();
});
