import { expect, test } from "vitest";
import { FleetError } from "../../../../src/base/errors.ts";
import { parseScenario } from "../../../../src/scenario/scenario.ts";
import { readSoakOptions } from "../../../../scripts/soak/soak-options.ts";
import { soakScenario } from "../../../../scripts/soak/soak-scenario.ts";

const read = (line: string) => readSoakOptions(line === "" ? [] : line.split(" "));

function problemsOf(line: string): unknown {
  try {
    return read(line);
  } catch (error) {
    if (error instanceof FleetError) return error.problems.map(({ place }) => place);
    throw error;
  }
}

test("without options twenty minutes of 500 devices are soaked, of which 5 % leave in a minute", () => {
  expect(read("")).toMatchObject({
    devices: 500,
    durationMs: 1_200_000,
    warmUpMs: 180_000,
    limit: { bytes: 2_048, per: "device-hour" },
    leakBytes: undefined,
    faults: ["serverError", "networkLatency", "blackHole"],
  });
  expect(read("")?.churnPerS).toBeCloseTo((500 * 0.05) / 60);
});

test("churn is a share of the fleet, or devices", () => {
  expect(read("--devices 100 --churn 30/m")?.churnPerS).toBe(0.5);
  expect(read("--devices 100 --churn 36%/h")?.churnPerS).toBeCloseTo(0.01);
  expect(read("--plant-leak --faults none")).toMatchObject({ leakBytes: 1_024, faults: [] });
});

test("growth is allowed for each device-hour, or for each reconnect", () => {
  expect(read("--limit 512B/reconnect")?.limit).toEqual({ bytes: 512, per: "reconnect" });
  for (const wrong of ["2KiB", "2/reconnect", "0B/reconnect", "2KiB/hour", "1B/reconnect/s"]) {
    expect(problemsOf(`--limit ${wrong}`)).toEqual(["--limit"]);
  }
});

test("what is wrong is told at its flag, all at once", () => {
  expect(problemsOf("--devices 0 --churn often --faults rain --limit 2")).toEqual([
    "--devices",
    "--churn",
    "--faults",
    "--limit",
  ]);
  expect(problemsOf("--churn 5%%/m")).toEqual(["--churn"]);
  expect(problemsOf("--churn 0%/m")).toEqual(["--churn"]);
  expect(problemsOf("--duration 1m --warm-up 1m")).toEqual(["--duration"]);
  expect(() => read("--forever")).toThrow("--forever");
  expect(read("--help")).toBeUndefined();
});

test("what is soaked is a scenario that runs until it is stopped, and whose timeline is not over before", () => {
  const options = read("--duration 1h");
  if (options === undefined) throw new TypeError("no options");
  const scenario = parseScenario(soakScenario(options), "soak.yaml");
  expect(scenario.durationMs).toBeUndefined();
  const churns = scenario.timeline.filter(({ action }) => action.kind === "churn");
  expect(churns).toHaveLength(2);
  for (const { repeat } of churns) {
    expect(repeat.times * repeat.everyMs).toBeGreaterThan(2 * options.durationMs);
  }
});
