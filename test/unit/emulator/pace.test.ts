import fc from "fast-check";
import { expect, test } from "vitest";
import { Pace } from "../../../src/emulator/pace.ts";

const START_MS = Date.UTC(2026, 0, 1);
const rate = fc.double({ min: 0.1, max: 500, noNaN: true });
const pauses = fc.array(fc.nat({ max: 3000 }), { minLength: 1, maxLength: 60 });

test("turns are in order, none before it was asked for", () => {
  fc.assert(
    fc.property(rate, pauses, (ratePerS, waits) => {
      const pace = new Pace(ratePerS, () => START_MS);
      let nowMs = START_MS;
      let beforeMs = -Infinity;
      for (const wait of waits) {
        nowMs += wait;
        const atMs = pace.reserve(nowMs);
        expect(atMs).toBeGreaterThanOrEqual(Math.max(nowMs, beforeMs));
        beforeMs = atMs;
      }
    }),
  );
});

test("in any time there are no more turns than the rate gives, and one second's more", () => {
  fc.assert(
    fc.property(rate, pauses, (ratePerS, waits) => {
      const pace = new Pace(ratePerS, () => START_MS);
      let nowMs = START_MS;
      const turns = waits.map((wait) => pace.reserve((nowMs += wait)));
      turns.forEach((fromMs, first) =>
        turns.slice(first).forEach((untilMs, index) => {
          const allowed = ((untilMs - fromMs) / 1000 + Math.max(1, 1 / ratePerS)) * ratePerS;
          // A rounded time may be a hair early.
          expect(index + 1).toBeLessThanOrEqual(allowed + 1e-3 * ratePerS);
        }),
      );
    }),
  );
});

test("what fits in a second begins at once, the next one later", () => {
  const pace = new Pace(10, () => START_MS);
  const turns = Array.from({ length: 12 }, () => pace.reserve(START_MS) - START_MS);
  expect(turns).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 200]);
});

test("a turn is not waited for any more when the signal is aborted", async () => {
  const pace = new Pace(1, () => START_MS);
  expect(await pace.turn(new AbortController().signal)).toBe(true);
  const stop = new AbortController();
  const second = pace.turn(stop.signal);
  stop.abort();
  expect(await second).toBe(false);
});
