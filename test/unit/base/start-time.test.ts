import fc from "fast-check";
import { expect, test } from "vitest";

import { parseStartTime } from "../../../src/base/start-time.ts";

const NOW = new Date("2026-11-22T12:00:00.000Z");

test.each([
  ["2026-11-22T20:00:00Z", "2026-11-22T20:00:00.000Z"],
  ["2026-11-22T20:00Z", "2026-11-22T20:00:00.000Z"],
  ["2026-11-22T21:00:00.25+01:00", "2026-11-22T20:00:00.250Z"],
  ["2026-11-22T12:00:01Z", "2026-11-22T12:00:01.000Z"],
  ["2026-11-23T12:00:00Z", "2026-11-23T12:00:00.000Z"],
])("%s is %s", (text, expected) => {
  const parsed = parseStartTime(text, NOW);
  expect(parsed).toEqual({ ms: Date.parse(expected) });
});

test("a time of day is one of today, in the zone of the machine", () => {
  const noon = new Date(2026, 10, 22, 12, 0, 0);
  expect(parseStartTime("12:30", noon)).toEqual({ ms: noon.getTime() + 30 * 60_000 });
  expect(parseStartTime("12:00:09", noon)).toEqual({ ms: noon.getTime() + 9_000 });
  expect(parseStartTime("11:59", noon)).toHaveProperty("problem");
});

test.each([
  ["2026-11-22T12:00:00.999Z", "a time at least 1 s ahead"],
  ["2026-11-21T20:00:00Z", "a time at least 1 s ahead"],
  ["2026-11-23T12:00:00.001Z", "a time at most 24 h ahead"],
  ["2026-11-22T20:00:00", "a time with its zone"],
  ["2026-02-30T20:00:00Z", "a time with its zone"],
  ["24:00", "a time with its zone"],
  ["8:00", "a time with its zone"],
  ["", "a time with its zone"],
])("%s is refused: expected %s", (text, expected) => {
  const parsed = parseStartTime(text, NOW);
  expect(parsed).toEqual({ problem: expect.stringContaining(`expected ${expected}`) });
});

test("no text makes it throw, and what it takes is from 1 s to 24 h ahead", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.date({ noInvalidDate: true }).map(String)), (text) => {
      const parsed = parseStartTime(text, NOW);
      if ("problem" in parsed) return;
      const aheadMs = parsed.ms - NOW.getTime();
      expect(aheadMs).toBeGreaterThanOrEqual(1_000);
      expect(aheadMs).toBeLessThanOrEqual(86_400_000);
    }),
  );
});
