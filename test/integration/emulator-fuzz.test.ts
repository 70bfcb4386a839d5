import { afterAll, beforeAll, expect, test } from "vitest";
import type { FuzzWorld } from "./emulator-fuzz.ts";
import { fuzzWorld } from "./emulator-fuzz.ts";

let world: FuzzWorld;
beforeAll(async () => {
  world = await fuzzWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test("whatever devices send, nothing fails, and another one is served and nobody reads its data", async () => {
  const answers = new Set<string>();
  for (let seed = 1; seed <= 8; seed++)
    for (const answer of await world.attack(seed)) answers.add(answer);
  await world.nothingHappened();
  // The attacks came further than the door.
  for (const answer of ["connack 0", "connack 5", "suback", "puback"])
    expect(answers).toContain(answer);
});
