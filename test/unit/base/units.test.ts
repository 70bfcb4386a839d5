import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatDuration,
  formatRate,
  formatSize,
  parseDuration,
  parsePerMinute,
  parseRate,
  parseSize,
} from "../../../src/base/units.ts";

describe("durations", () => {
  test("each unit is understood", () => {
    expect(["500ms", "30s", "5m", "2h", "1.5s"].map(parseDuration)).toEqual([
      500, 30_000, 300_000, 7_200_000, 1_500,
    ]);
  });

  test("what is not a duration is undefined", () => {
    for (const text of ["", "5", "5 s", "-5s", "s", "5d", "1e3s", "5s ", "٣s"]) {
      expect([text, parseDuration(text)]).toEqual([text, undefined]);
    }
  });

  test("parsing undoes formatting", () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e12 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  test("the shortest exact form is chosen", () => {
    expect([0, 90_000, 60_000, 7_200_000, 1_500].map(formatDuration)).toEqual([
      "0s",
      "90s",
      "1m",
      "2h",
      "1500ms",
    ]);
  });
});

describe("rates", () => {
  test("a rate is per second", () => {
    expect(["20/s", "1000/m", "3600/h", "0.5/s"].map(parseRate)).toEqual([20, 1_000 / 60, 1, 0.5]);
  });

  test("parsing undoes formatting for any rate", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (perS) => {
        expect(parseRate(formatRate(perS))).toBe(perS === 0 ? 0 : perS);
      }),
    );
  });

  test("a rate per minute is whole, or it is none", () => {
    const rates = ["1000/m", "20/s", "60/h", "0/m", "90/h", "1.5/m", "fast"];
    expect(rates.map(parsePerMinute)).toEqual([
      1_000,
      1_200,
      1,
      0,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("a rate per minute is shown as such", () => {
    expect(formatRate(1_000 / 60)).toBe("1000/m");
  });
});

describe("sizes", () => {
  test("parsing undoes formatting", () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });

  test("sizes are binary", () => {
    expect(["512B", "4KiB", "1MiB", "0B"].map(parseSize)).toEqual([512, 4_096, 1_048_576, 0]);
  });
});

test("parsing any string never throws and gives no negative or infinite number", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[0-9.e+-]{1,400}(ms|\/s|KiB)$/)),
      (text) => {
        for (const parse of [parseDuration, parseRate, parseSize]) {
          const value = parse(text);
          expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
        }
      },
    ),
  );
});
