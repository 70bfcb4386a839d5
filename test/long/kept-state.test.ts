import { expect, test } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { killRounds } from "../support/acknowledged/kill-rounds.ts";
import { workplace } from "../support/program.ts";

const ROUNDS = 24;

test("whenever an emulator is killed, nothing acknowledged is missing, and nothing is there by halves", async () => {
  await using place = await workplace();
  const random = createRandom(1, "moments");
  let lives = 0;
  const moments = Array.from({ length: ROUNDS }, () => {
    // From the first request to a thousand acknowledgments, small numbers as often as large ones.
    const most = Math.floor(1000 ** random.next());
    return (progress: readonly number[]) => {
      const isNow = progress.reduce((sum, count) => sum + count, 0) >= most;
      if (isNow) lives++;
      return isNow;
    };
  });
  await killRounds(place.dir, moments);
  expect(lives).toBe(ROUNDS);
});
