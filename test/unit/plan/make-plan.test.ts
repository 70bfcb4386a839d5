import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../src/base/errors.ts";
import { FleetError } from "../../../src/base/errors.ts";
import { makePlan } from "../../../src/plan/make-plan.ts";
import { applyOverrides } from "../../../src/scenario/overrides.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

const scenarioOf = (fleet: string, rest = ""): Scenario =>
  parseScenario(`name: s\nprovisioning: { group: g }\nfleet:\n${fleet}\n${rest}`, "s.yaml");

const caves = (registrationId: string, count = 3): string =>
  `  - { model: cheese-cave, count: ${count}, registrationId: "${registrationId}", credentials: { format: pfx, key: p384 } }`;

const problemsOf = (scenario: Scenario): readonly Problem[] => {
  try {
    makePlan(scenario, { seed: 1 });
  } catch (error) {
    if (error instanceof FleetError && error.code === "SCENARIO_INVALID") return error.problems;
    throw error;
  }
  return [];
};

test("a plan holds every device, complete, in order and with its start", () => {
  const scenario = scenarioOf(
    `${caves("cave-{n}", 2)}\n${caves("belt-{n}", 1)}`,
    "arrival: { rate: 4/s, concurrency: 7 }\ntimeline: [{ at: 2s, twin: { devices: belt-1, desired: { a: 1 } } }]\nduration: 1m",
  );
  const device = {
    model: "cheese-cave",
    settings: {},
    credentials: { format: "pfx" },
    telemetry: { intervalMs: 5_000, jitter: 0.1 },
  };
  expect(makePlan(scenario, { seed: 42 })).toEqual({
    scenario: "s",
    seed: 42,
    target: "emulator",
    devices: [
      { ...device, index: 0, registrationId: "cave-1", startMs: 0 },
      { ...device, index: 1, registrationId: "cave-2", startMs: 250 },
      { ...device, index: 2, registrationId: "belt-1", startMs: 500 },
    ],
    arrivalEndMs: 500,
    durationMs: 60_000,
    timeScale: 1,
    concurrency: 7,
    timeline: [
      {
        index: 0,
        at: "2s",
        when: { from: "start", delayMs: 2_000 },
        repeat: { times: 1, everyMs: 1_000 },
        selection: { ids: ["belt-1"], asked: [] },
        action: {
          kind: "twin",
          devices: [{ pick: "belt-1" }],
          desired: { a: 1 },
          mode: "merge",
          seen: true,
          timeoutMs: 30_000,
        },
      },
    ],
    alerts: [],
    phases: [],
    thresholds: ["devices_assigned == 100%", "telemetry_missing == 0"],
    aborts: [],
  });
});

const bad = (more = ""): string =>
  `  - { model: cheese-cave, count: 1, registrationId: "bad-{n}", expect: refused${more} }`;

describe("devices that are to be refused", () => {
  test("say so with their class, and the run is judged by whether exactly these are", () => {
    const scenario = scenarioOf(`${caves("cave-{n}", 1)}\n${bad(", class: disabled")}`);
    const { devices, thresholds } = makePlan(scenario, { seed: 1 });
    expect(devices[0]).not.toHaveProperty("expectedRefusal");
    expect(devices[1]).toMatchObject({ registrationId: "bad-1", expectedRefusal: "disabled" });
    expect(thresholds).toEqual([
      "devices_assigned == 100%",
      "telemetry_missing == 0",
      "devices_unexpected == 0",
    ]);
  });

  test("bring their threshold whatever the scenario is judged by, once", () => {
    const given = scenarioOf(bad(), 'thresholds: ["devices_unexpected == 0"]');
    expect(makePlan(given, { seed: 1 }).thresholds).toEqual(["devices_unexpected == 0"]);
    const overridden = applyOverrides(scenarioOf(bad()), { thresholds: ["throttled == 0"] });
    expect(makePlan(overridden, { seed: 1 }).thresholds).toEqual([
      "throttled == 0",
      "devices_unexpected == 0",
    ]);
  });

  test("are no part of a share where they are the whole fleet", () => {
    const { devices, thresholds } = makePlan(scenarioOf(bad()), { seed: 1 });
    expect(devices[0]).toMatchObject({ expectedRefusal: "unauthorized" });
    expect(thresholds).toEqual(["telemetry_missing == 0", "devices_unexpected == 0"]);
  });
});

test("devices of an adaptive arrival have no time, and nobody knows when the last is due", () => {
  const arrival = "arrival: { rate: adaptive, from: 2/s, max: 4/s, concurrency: 3 }";
  const plan = makePlan(scenarioOf(caves("cave-{n}", 2), arrival), { seed: 1 });
  expect(plan.devices.map(({ startMs }) => startMs)).toEqual([null, null]);
  expect(plan).toMatchObject({
    adaptive: { fromPerS: 2, maxPerS: 4, latencyMs: 2_000 },
    arrivalEndMs: null,
    concurrency: 3,
  });
});

test("one that cannot be through in the run's time, however fast it is, is refused", () => {
  const arrival = "arrival: { rate: adaptive, from: 2/s, max: 4/s }\nduration: 10s";
  expect(problemsOf(scenarioOf(caves("cave-{n}", 100), arrival))).toMatchObject([
    { message: expect.stringMatching(/^100 devices from 2\/s to at most 4\/s \(rate: adaptive\)/) },
  ]);
});

test("any number of devices over several entries is planned with distinct ids and ascending starts", () => {
  const scenario = scenarioOf(`${caves("a-{n}", 3)}\n${caves("b-{n}", 2)}`);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), (devices) => {
      const plan = makePlan(applyOverrides(scenario, { devices }), { seed: 1 });
      expect(new Set(plan.devices.map(({ registrationId }) => registrationId)).size).toBe(devices);
      expect(plan.devices.map(({ index }) => index)).toEqual([...Array(devices).keys()]);
      expect(plan.arrivalEndMs).toBe((devices - 1) * 100);
    }),
  );
});

describe("what cannot be run is refused", () => {
  test("two devices of one id", () => {
    expect(problemsOf(scenarioOf(`${caves("c{n}", 1)}\n${caves("c{n}", 1)}`))).toMatchObject([
      { message: 'two devices have the registration id "c1"' },
    ]);
  });

  test("ids that differ only in case", () => {
    expect(problemsOf(scenarioOf(`${caves("C{n}", 1)}\n${caves("c{n}", 1)}`))).toMatchObject([
      { message: 'the registration ids "C1" and "c1" differ only in case' },
    ]);
  });

  test("ids that no certificate can carry, counted after five", () => {
    const long = "x".repeat(64);
    const problems = problemsOf(scenarioOf(caves(`${long}{n}`, 8)));
    expect(problems).toHaveLength(6);
    expect(problems[0]?.message).toContain("expected at most 64 characters, got 65");
    expect(problems[5]?.message).toBe("and 3 more like these");
  });

  test("actions on devices that the fleet does not have", () => {
    const timeline = "timeline: [{ at: 2s, twin: { devices: [c1, c9], desired: { a: 1 } } }]";
    expect(problemsOf(scenarioOf(caves("c{n}"), timeline))).toEqual([
      {
        place: "timeline[0].twin.devices",
        message: 'there is no device "c9" in this fleet of 3',
        hint: "it has c1 to c3",
      },
    ]);
  });

  test("an arrival that outlasts the run", () => {
    expect(
      problemsOf(scenarioOf(caves("c{n}", 100), "duration: 5s\narrival: { rate: 10/s }")),
    ).toMatchObject([
      {
        place: "duration",
        message: "100 devices at 10/s arrive over 10s, but the run ends after 5s",
      },
    ]);
  });
});
