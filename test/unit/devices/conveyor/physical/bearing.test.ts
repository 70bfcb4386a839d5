import { expect, test } from "vitest";
import type { BearingGeometry } from "../../../../../devices/conveyor/physical/bearing.ts";
import { impactsPerTurn } from "../../../../../devices/conveyor/physical/bearing.ts";

const BEARING: BearingGeometry = { balls: 8, ballRatio: 0.25, contactAngleDeg: 0 };

test.each([
  ["outerRace", 3],
  ["innerRace", 5],
  ["ball", 1.875],
  ["cage", 0.375],
] as const)("eight balls of a quarter of the pitch diameter: %s %d times a turn", (part, times) => {
  expect(impactsPerTurn(part, BEARING)).toBeCloseTo(times, 12);
});

test("both races together see every ball pass once a turn, at any contact angle", () => {
  for (const contactAngleDeg of [0, 15, 40]) {
    const bearing = { ...BEARING, contactAngleDeg };
    const both = impactsPerTurn("outerRace", bearing) + impactsPerTurn("innerRace", bearing);
    expect(both).toBeCloseTo(8, 12);
    expect(impactsPerTurn("outerRace", bearing)).toBeCloseTo(
      8 * impactsPerTurn("cage", bearing),
      12,
    );
  }
});
