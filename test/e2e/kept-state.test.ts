import { expect, test } from "vitest";
import type { Progress } from "../support/acknowledged/kill-rounds.ts";
import { killRounds } from "../support/acknowledged/kill-rounds.ts";
import { workplace } from "../support/program.ts";

const isUnderWay = (progress: Progress): boolean => progress.every((count) => count >= 3);

test("an emulator that is killed under load has all that it acknowledged at its next start", async () => {
  await using place = await workplace();
  expect(await killRounds(place.dir, [isUnderWay])).toSatisfy(isUnderWay);
});
