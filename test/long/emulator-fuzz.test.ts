import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { fuzzWorld } from "../integration/emulator-fuzz.ts";

const DURATION_MS = 90_000;

test("for a minute and a half, whatever devices send, nothing fails and nobody else notices", async () => {
  await using world = await fuzzWorld();
  const first = randomInt(2 ** 31);
  const endMs = performance.now() + DURATION_MS;
  const answers = new Set<string>();
  let seed = first;
  for (; performance.now() < endMs; seed++)
    try {
      for (const answer of await world.attack(seed)) answers.add(answer);
    } catch (error) {
      throw new Error(`the attack of seed ${seed} succeeded`, { cause: error });
    }
  await world.nothingHappened();
  const deep = ["publish twin 200", "publish twin 204", "publish twin 400", "publish dps 404"];
  expect([...answers], `seeds ${first} to ${seed}`).toEqual(expect.arrayContaining(deep));
});
