import { expect, test } from "vitest";
import { latenciesOf, latencyProblems } from "../../../src/base/latencies.ts";

test("all hubs or none have a latency; their names may be written in any case", () => {
  expect(latencyProblems([], ["a.net", "b.net"])).toEqual([]);
  expect(latencyProblems(["B.net", "a.net"], ["a.net", "b.NET"])).toEqual([]);
  expect(latencyProblems(["a.net", "c.net"], ["a.net", "b.net"])).toEqual([
    "c.net is none of the hubs",
    "b.net has no latency, and other hubs have one",
  ]);
});

const hubs = ["a.net", "b.net"];

test("latencies are read by the hubs' names in lower case", () => {
  expect(Object.fromEntries(latenciesOf({ "A.net": 5, "b.net": 0 }, hubs))).toEqual({
    "a.net": 5,
    "b.net": 0,
  });
  expect(latenciesOf({}, hubs).size).toBe(0);
});

test("latencies that do not fit the hubs are refused with every problem", () => {
  expect(() => latenciesOf({ "a.net": 5, "c.net": 1 }, hubs)).toThrow(
    expect.objectContaining({
      code: "USAGE",
      problems: [
        expect.objectContaining({ message: expect.stringContaining("c.net") }),
        expect.objectContaining({ message: expect.stringContaining("b.net") }),
      ],
    }),
  );
});
