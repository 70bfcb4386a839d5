import { describe, expect, test } from "vitest";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { problemsIn, SMALLEST } from "./scenario-text.ts";

const withArrival = (arrival: string): string => `${SMALLEST}arrival: ${arrival}\n`;

test.each([
  ["{}", { way: "rate", ratePerS: 10 }],
  ["{ concurrency: 4 }", { way: "rate", ratePerS: 10, concurrency: 4 }],
  ["{ rate: 120/m }", { way: "rate", ratePerS: 2 }],
  ["{ rate: auto }", { way: "auto", dpsLimitPerMinute: undefined }],
  ["{ rate: auto, dpsLimit: 200/m }", { way: "auto", dpsLimitPerMinute: 200 }],
  ["{ rate: auto, dpsLimit: 10/s }", { way: "auto", dpsLimitPerMinute: 600 }],
  ["{ rate: adaptive }", { way: "adaptive", fromPerS: 5, maxPerS: 200, latencyMs: 2_000 }],
  [
    "{ rate: adaptive, from: 60/m, max: 30/s, latency: 500ms, concurrency: 3 }",
    { way: "adaptive", fromPerS: 1, maxPerS: 30, latencyMs: 500, concurrency: 3 },
  ],
  [
    "{ stages: [{ for: 30s, to: 50/s }, { for: 0s, to: 0/s }] }",
    {
      way: "stages",
      fromPerS: 0,
      stages: [
        { forMs: 30_000, toPerS: 50 },
        { forMs: 0, toPerS: 0 },
      ],
    },
  ],
  ["{ stages: [{ for: 1m, to: 5/s }], from: 60/m }", { way: "stages", fromPerS: 1 }],
  ["{ burst: all }", { way: "bursts", bursts: [{ atMs: 0, percent: 100 }] }],
  [
    "{ bursts: [{ at: 0s, devices: 50% }, { at: 1m, devices: 100 }] }",
    {
      way: "bursts",
      bursts: [
        { atMs: 0, percent: 50 },
        { atMs: 60_000, count: 100 },
      ],
    },
  ],
  ["{ times: [0s, 2s, 2.5s] }", { way: "times", atMs: [0, 2_000, 2_500] }],
  ["{ times: starts.txt }", { way: "file", file: "starts.txt" }],
])("arrival %s is understood", (written, arrival) => {
  expect(parseScenario(withArrival(written), "x.yaml").arrival).toMatchObject(arrival);
});

const TIMES = "expected a list of times such as [0s, 2.5s], or the name of a file with one a line";
const part = (got: string): string =>
  `expected a number of devices, or a share of them such as 50%, got ${got}`;
const rate = (got: string): string =>
  `expected a rate above 0 such as 10/s or 1000/m, auto, or adaptive, got ${got}`;
const limit = (got: string): string =>
  `expected a rate from 1/m to 1000000/m such as 1000/m, whole in a minute, got ${got}`;

describe("a wrong arrival is told at its place", () => {
  test.each([
    ["{ rate: 0/s }", "arrival.rate", rate('"0/s"')],
    ["{ rate: adaptiv }", "arrival.rate", rate('"adaptiv"')],
    [
      "{ rate: adaptive, from: 10/s, max: 5/s }",
      "arrival.max",
      'expected at least from, which is 10/s, got "5/s"',
    ],
    [
      "{ rate: adaptive, max: 60/m }",
      "arrival.max",
      'expected at least from, which is 5/s, got "60/m"',
    ],
    [
      "{ rate: adaptive, from: 300/s }",
      "arrival.from",
      'expected at most max, which is 200/s, got "300/s"',
    ],
    [
      "{ rate: adaptive, from: 0/s }",
      "arrival.from",
      "expected a rate above 0 such as 5/s, got 0/s",
    ],
    [
      "{ rate: adaptive, max: 0/s }",
      "arrival.max",
      'expected a rate above 0 such as 200/s, got "0/s"',
    ],
    [
      "{ rate: adaptive, latency: 0s }",
      "arrival.latency",
      'expected a duration above 0 such as 5s, 500ms or 2m, got "0s"',
    ],
    ["{ rate: auto, max: 5/s }", "arrival.max", "expected none without rate: adaptive, got one"],
    ["{ latency: 1s }", "arrival.latency", "expected none without rate: adaptive, got one"],
    [
      "{ rate: adaptive, stages: [{ for: 1s, to: 5/s }] }",
      "arrival",
      "expected one of rate, stages, burst, bursts, times, got rate and stages",
    ],
    ["{ rate: auto, dpsLimit: 0/m }", "arrival.dpsLimit", limit('"0/m"')],
    ["{ rate: auto, dpsLimit: 90/h }", "arrival.dpsLimit", limit('"90/h"')],
    ["{ stages: [] }", "arrival.stages", "expected at least one stage"],
    [
      "{ stages: [{ for: 1s, to: fast }] }",
      "arrival.stages[0].to",
      'expected a rate such as 50/s or 0/s, got "fast"',
    ],
    ["{ burst: some }", "arrival.burst", 'expected all, got "some"'],
    ["{ bursts: [] }", "arrival.bursts", "expected at least one burst"],
    ["{ bursts: [{ at: 0s, devices: 0 }] }", "arrival.bursts[0].devices", part("0")],
    ["{ bursts: [{ at: 0s, devices: 0% }] }", "arrival.bursts[0].devices", part('"0%"')],
    ["{ bursts: [{ at: 0s, devices: 120% }] }", "arrival.bursts[0].devices", part('"120%"')],
    ["{ times: [] }", "arrival.times", TIMES],
    ["{ times: 5 }", "arrival.times", TIMES],
    ["{ times: 5s }", "arrival.times", `${TIMES}, got "5s"`],
    [
      "{ rate: 5/s, burst: all, times: [0s, 1s] }",
      "arrival",
      "expected one of rate, stages, burst, bursts, times, got rate and burst and times",
    ],
    [
      "{ rate: 5/s, from: 1/s }",
      "arrival.from",
      "expected none without stages: or rate: adaptive, which it begins, got one",
    ],
  ])("%s", (written, path, message) => {
    const place = expect.stringMatching(/^x\.yaml:5:\d+ /);
    expect(problemsIn(withArrival(written))).toEqual([{ place, message }]);
    expect(problemsIn(withArrival(written))[0]?.place.endsWith(` ${path}`)).toBe(true);
  });

  test("all problems at once", () => {
    expect(
      problemsIn(withArrival("{ rate: x, stages: [{ for: 1, to: 2 }], bursts: [{ at: 0s }] }")),
    ).toHaveLength(5);
  });
});
