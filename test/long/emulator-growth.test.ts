import { expect, test } from "vitest";
import { watchEmulator } from "../support/emulator-watch.ts";
import { grownCounts, growthIn } from "../support/growth.ts";

/** Bytes for each cycle: a quarter of the leak that must be found. */
const LIMITS = { heap: 256, native: 512 };
/** On a machine that does other work beside. */
const TIMEOUT_MS = 1_800_000;

test("nothing grows while ten thousand devices come and go", { timeout: TIMEOUT_MS }, async () => {
  const watched = await watchEmulator({ cycles: 10_000, warmUp: 3000, looks: 40 });
  expect(growthIn(watched, LIMITS)).toEqual([]);
  expect(grownCounts(watched.first.handles, watched.last.handles)).toEqual([]);
  expect(grownCounts(watched.first.listeners, watched.last.listeners)).toEqual([]);
});

test(
  "a leak of a kibibyte for each connection would be found",
  { timeout: TIMEOUT_MS },
  async () => {
    const leaking = { cycles: 3000, warmUp: 1000, looks: 30, leakBytes: 1024 };
    expect(growthIn(await watchEmulator(leaking), LIMITS)).toContainEqual(
      expect.stringMatching(/^heap grows by \d{4}\./),
    );
  },
);
