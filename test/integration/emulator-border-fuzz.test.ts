import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BorderWorld } from "../support/border-fuzz.ts";
import { borderWorld, failureIn } from "../support/border-fuzz.ts";

let world: BorderWorld;
beforeAll(async () => {
  world = await borderWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test("whatever comes to the ports, no answer is a failure or another's data, and others are served", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(world.attacks, { minLength: 1, maxLength: 8 }), async (attacks) => {
      const all = await Promise.all(attacks.map((attack) => world.send(attack)));
      expect(all.map(failureIn)).toEqual(attacks.map(() => undefined));
      for (const [at, { kind }] of attacks.entries())
        seen.add(all[at] === "" ? `${kind} unanswered` : kind);
      expect(await world.isServed()).toBe(true);
    }),
    // The same every time; test/long goes further.
    { numRuns: 25, seed: 1 },
  );
  expect(await world.isAsked()).toBe(true);
  expect(world.errors).toEqual([]);
  // The attacks came further than the door.
  expect([...seen]).toEqual(expect.arrayContaining(["hello", "http", "frames"]));
});
