import { expect, test } from "vitest";

import { LeafEnds } from "../../../src/run/leaf-ends.ts";

const HOUR_MS = 3_600_000;

test("a leaf is told of once at each step to its end, several in one line", () => {
  const ends = new LeafEnds();
  for (const id of ["a", "b", "c", "d"]) ends.add(id, 48 * HOUR_MS, 0);
  ends.add("far", 1_000 * HOUR_MS, 0);
  expect(ends.warnings(HOUR_MS)).toEqual([]);
  expect(ends.warnings(24 * HOUR_MS)).toEqual([
    "the certificates of a, b, c and 1 more end within a day: renew with certs renew, the fleet picks new ones up",
  ]);
  expect(ends.warnings(25 * HOUR_MS)).toEqual([]);
  expect(ends.warnings(47.5 * HOUR_MS)).toEqual([expect.stringContaining("within an hour")]);
  expect(ends.warnings(900 * HOUR_MS)).toEqual([
    "the certificate of far ends within 7 days: renew with certs renew, the fleet picks new ones up",
    expect.stringMatching(/^the certificates of a, b, c and 1 more end now/),
  ]);
});

test("what ends soon at the start was told then, and a new leaf starts anew", () => {
  const ends = new LeafEnds();
  ends.add("a", 12 * HOUR_MS, 0);
  expect(ends.warnings(0)).toEqual([]);
  ends.add("a", 500 * HOUR_MS, HOUR_MS);
  expect(ends.warnings(12 * HOUR_MS)).toEqual([]);
  expect(ends.warnings(480 * HOUR_MS)).toEqual([expect.stringContaining("of a ends within a day")]);
});
