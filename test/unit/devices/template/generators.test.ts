import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbersOf, templateOf, valuesOf } from "./templates.ts";

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

describe("a body", () => {
  test("has the fields in their order, with objects in it, rounded and as texts where asked for", () => {
    const { device } = templateOf({
      fields: {
        temperature: { constant: 21.456, decimals: 1 },
        power: { constant: 7, decimals: 2, asText: true },
        position: { lat: 39.81, lon: { constant: -98.56 }, place: { name: "farm" } },
        limits: { object: { list: 3, normal: { constant: 20 } } },
        id: "cave-{deviceId}",
        brace: { constant: "{deviceId}" },
        on: true,
        none: null,
        tags: ["a", "b"],
      },
    });
    expect(device.step({ dtS: 5, atMs: 0 })).toEqual([
      {
        body:
          '{"temperature":21.5,"power":"7.00","position":{"lat":39.81,"lon":-98.56,"place":{"name":"farm"}},' +
          '"limits":{"list":3,"normal":20},"id":"cave-device-1","brace":"{deviceId}","on":true,"none":null,"tags":["a","b"]}',
        properties: {},
        contentType: "application/json",
        contentEncoding: "utf-8",
      },
    ]);
  });

  test("has no content type where none is asked for", () => {
    const [message] = templateOf({ contentType: "none", fields: { a: 1 } }).run(1);
    expect(message).toEqual({ body: '{"a":1}', properties: {} });
  });
});

describe("what goes by messages", () => {
  test("a list begins again after its last value", () => {
    expect(valuesOf({ list: ["ok", 2, null] }, 5)).toEqual(["ok", 2, null, "ok", 2]);
  });

  test("a list at random has each value as often: 1/3 of 3,000, within 4 sigma", () => {
    const values = valuesOf({ list: ["a", "b", "c"], pick: "random" }, 3_000);
    for (const value of ["a", "b", "c"]) {
      const times = values.filter((each) => each === value).length;
      expect(Math.abs(times - 1_000)).toBeLessThan(4 * Math.sqrt((3_000 * 2) / 9));
    }
  });

  test.each([
    [{}, [0, 1, 2, 3]],
    [{ start: 1, max: 3 }, [1, 2, 3, 1]],
    [{ start: 10, step: 4, max: 19 }, [10, 14, 18, 10]],
    [{ start: 3, step: -1, max: 2 }, [3, 2, 3, 2]],
  ])("a counter %j counts %j", (counter, expected) => {
    expect(valuesOf({ counter }, 4)).toEqual(expected);
  });

  test("time stamps are the device's own time, from its first message on", () => {
    const start = "2026-01-01T00:00:00Z";
    expect(valuesOf({ timestamp: { start } }, 3, { dtS: 2.5 })).toEqual([
      "2026-01-01T00:00:00.000Z",
      "2026-01-01T00:00:02.500Z",
      "2026-01-01T00:00:05.000Z",
    ]);
    expect(valuesOf({ timestamp: { start, format: "unix" } }, 2)).toEqual([1767225600, 1767225605]);
    expect(valuesOf({ timestamp: { start, format: "unixMs" } }, 1)).toEqual([1767225600000]);
  });
});

describe("what is random", () => {
  test("normal has mean 20 and standard deviation 2 over 10,000, within 4 sigma", () => {
    const values = numbersOf({ normal: { mean: 20, sd: 2 } }, 10_000);
    expect(Math.abs(mean(values) - 20)).toBeLessThan((4 * 2) / 100);
    expect(Math.abs(deviation(values) - 2)).toBeLessThan((4 * 2) / Math.sqrt(20_000));
    expect(valuesOf({ normal: [20, 2] }, 3)).toEqual(values.slice(0, 3));
  });

  test("normal stays within its bounds", () => {
    const values = numbersOf({ normal: { mean: 20, sd: 5, min: 18, max: 21 } }, 500);
    expect(Math.min(...values)).toBe(18);
    expect(Math.max(...values)).toBe(21);
  });

  test("uniform is min + (max - min) U, the tutorials' 20 + 15 U", () => {
    expect(valuesOf({ uniform: [20, 35] }, 1, { draw: () => 0.5 })).toEqual([27.5]);
    expect(valuesOf({ uniform: { min: 20, max: 35 } }, 1, { draw: () => 0 })).toEqual([20]);
  });

  test("uniform whole numbers are those of a die: each 1/6 of 6,000, within 4 sigma", () => {
    const values = numbersOf({ uniform: { min: 1, max: 6, whole: true } }, 6_000);
    for (const face of [1, 2, 3, 4, 5, 6]) {
      const times = values.filter((value) => value === face).length;
      expect(Math.abs(times - 1_000)).toBeLessThan(4 * Math.sqrt((6_000 * 5) / 36));
    }
  });

  test("a boolean is true with its chance: 0.1 of 10,000, within 4 sigma", () => {
    const times = valuesOf({ boolean: { chance: 0.1 } }, 10_000).filter((value) => value === true);
    expect(Math.abs(times.length - 1_000)).toBeLessThan(4 * 30);
    expect(new Set(valuesOf({ boolean: { chance: 0 } }, 20))).toEqual(new Set([false]));
  });
});

test("what is drawn once stays, and is another in each device", () => {
  const place = { once: { uniform: [47, 48] }, decimals: 3 };
  const starts = ["a", "b", "c"].map((deviceId) => numbersOf(place, 3, { deviceId }));
  for (const values of starts) expect(new Set(values).size).toBe(1);
  expect(new Set(starts.flat()).size).toBe(3);
  expect(valuesOf({ once: { list: ["x", "y"], pick: "random" } }, 1, { draw: () => 0.9 })).toEqual([
    "y",
  ]);
});

describe("what goes by the device's own time", () => {
  test("sine is mean + amplitude sin 2 pi (t / period + phase)", () => {
    const field = { sine: { mean: 10, amplitude: 4, period: 20, phase: 0.25 } };
    const values = numbersOf(field, 5);
    for (const [index, expected] of [14, 10, 6, 10, 14].entries()) {
      expect(values[index]).toBeCloseTo(expected, 12);
    }
  });

  test("sine is the same however its time is cut: at 0 to 600 s, steps of 1, 2, 5 and 60 s agree to 1e-9", () => {
    const field = { sine: { mean: 10, amplitude: 4, period: 47 } };
    const fine = numbersOf(field, 601, { dtS: 1 });
    for (const dtS of [2, 5, 60]) {
      for (const [index, value] of numbersOf(field, 600 / dtS + 1, { dtS }).entries()) {
        expect(Math.abs(value - (fine[index * dtS] ?? Number.NaN))).toBeLessThan(1e-9);
      }
    }
  });

  test("sine with noise has its noise around it: standard deviation 0.5 over 5,000, within 4 sigma", () => {
    const values = numbersOf({ sine: { amplitude: 0, period: 60, noise: 0.5 } }, 5_000);
    expect(Math.abs(deviation(values) - 0.5)).toBeLessThan((4 * 0.5) / Math.sqrt(10_000));
  });

  test("devices with a random phase are spread over the period, each at its own place", () => {
    const field = { sine: { period: 60, phase: "random" } };
    const starts = Array.from({ length: 20 }, (_, index) =>
      numbersOf(field, 1, { deviceId: `device-${index}` }),
    );
    expect(new Set(starts.map(String)).size).toBe(20);
    expect(numbersOf(field, 1, { deviceId: "device-3" })).toEqual(starts[3]);
  });

  test("a random walk begins at start and spreads by step sqrt(t): 0.1 sqrt(100 s) = 1, however it is cut", () => {
    const field = { randomWalk: { start: 20, step: 0.1 } };
    for (const dtS of [5, 50]) {
      const ends = Array.from({ length: 800 }, (_, seed) => {
        const values = numbersOf(field, 100 / dtS + 1, { dtS, seed });
        expect(values[0]).toBe(20);
        return values.at(-1) ?? Number.NaN;
      });
      expect(Math.abs(deviation(ends) - 1)).toBeLessThan(4 / Math.sqrt(1_600));
      expect(Math.abs(mean(ends) - 20)).toBeLessThan(4 / Math.sqrt(800));
    }
  });

  test("a random walk stays within its bounds, whatever they and its steps are", () => {
    const setting = fc.record({
      min: fc.double({ min: -50, max: 0, noNaN: true }),
      max: fc.double({ min: 0, max: 50, noNaN: true }),
      step: fc.double({ min: 0, max: 1_000, noNaN: true }),
    });
    fc.assert(
      fc.property(setting, ({ min, max, step }) => {
        for (const value of numbersOf({ randomWalk: { start: 0, step, min, max } }, 20)) {
          expect(value).toBeGreaterThanOrEqual(min - 1e-9);
          expect(value).toBeLessThanOrEqual(max + 1e-9);
        }
      }),
    );
    const oneSided = numbersOf({ randomWalk: { start: 0, step: 5, min: 0 } }, 200);
    expect(Math.min(...oneSided)).toBeGreaterThanOrEqual(0);
  });

  test("approach has 1 - 1/e of the way behind it after its time constant, however it is cut", () => {
    const field = { approach: { target: 20, start: 10, timeConstant: 60 } };
    const expected = 20 - 10 * Math.exp(-1);
    expect(numbersOf(field, 2, { dtS: 60 })[1]).toBeCloseTo(expected, 12);
    expect(numbersOf(field, 13, { dtS: 5 })[12]).toBeCloseTo(expected, 10);
  });
});
