import fc from "fast-check";
import { expect, test } from "vitest";
import { borderWorld, failureIn } from "../support/border-fuzz.ts";
import { statusesIn } from "../support/odd-http.ts";

test("thousands of odd hellos, requests and frames leave the emulator as it should be", async () => {
  await using world = await borderWorld();
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.array(world.attacks, { minLength: 5, maxLength: 20 }), async (attacks) => {
      const all = await Promise.all(attacks.map((attack) => world.send(attack)));
      expect(all.map(failureIn)).toEqual(attacks.map(() => undefined));
      for (const status of all.flatMap(statusesIn)) statuses.add(status);
      expect(await world.isServed()).toBe(true);
    }),
    { numRuns: 800 },
  );
  expect(await world.isAsked()).toBe(true);
  expect(world.errors).toEqual([]);
  for (const status of [101, 200, 400, 401, 404, 431])
    expect([...statuses], "statuses that were answered").toContain(status);
});
