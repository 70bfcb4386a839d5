import fc from "fast-check";
import { expect, test } from "vitest";
import { dealInProportion } from "../../../src/base/deal.ts";
import { FleetError } from "../../../src/base/errors.ts";
import { applyOverrides } from "../../../src/scenario/overrides.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";
import { SMALLEST, smallest } from "./scenario-text.ts";

const TWO_ENTRIES = parseScenario(
  `name: two
provisioning: { group: caves }
fleet:
  - { model: cheese-cave, count: 20, registrationId: "a{n}" }
  - { model: cheese-cave, count: 10, registrationId: "b{n}" }
`,
  "two.yaml",
);

test("without overrides the scenario is as it was", () => {
  expect(applyOverrides(smallest(), {})).toEqual(smallest());
});

test("every override takes the place of what the scenario says", () => {
  const changed = applyOverrides(smallest(), {
    target: "azure",
    devices: 300,
    duration: "20s",
    rate: "100/s",
    telemetryInterval: "1s",
    timeScale: 60,
    thresholds: ["telemetry_sent > 0"],
    idScope: "0ne00001234",
    provisioningHost: "dps.example.com",
    keyKind: "rsa2048",
  });
  expect(changed).toMatchObject({
    target: "azure",
    fleet: [
      {
        count: 300,
        credentials: { format: "pem", key: "rsa2048" },
        telemetry: { intervalMs: 1_000, jitter: 0.1 },
      },
    ],
    arrival: { way: "rate", ratePerS: 100 },
    durationMs: 20_000,
    timeScale: 60,
    thresholds: [{ expression: "telemetry_sent > 0", place: "--threshold" }],
    provisioning: { group: "caves", idScope: "0ne00001234", host: "dps.example.com" },
  });
});

test("a rate from the command line takes the place of any way to arrive, whose limits stay", () => {
  const written = parseScenario(
    `${SMALLEST}arrival: { burst: all, dpsLimit: 200/m, concurrency: 5 }\n`,
    "small.yaml",
  );
  const limits = { dpsLimitPerMinute: 200, concurrency: 5 };
  expect(applyOverrides(written, { rate: "auto" }).arrival).toEqual({ way: "auto", ...limits });
  expect(applyOverrides(written, { rate: "20/s" }).arrival).toEqual({
    way: "rate",
    ratePerS: 20,
    ...limits,
  });
});

const withArrival = (arrival: string) =>
  parseScenario(`${SMALLEST}arrival: ${arrival}\n`, "s.yaml");

test("an adaptive arrival of the command line keeps the bounds of one in the scenario", () => {
  const own = withArrival("{ rate: adaptive, from: 1/s, max: 9/s, latency: 1s, concurrency: 2 }");
  expect(applyOverrides(own, { rate: "adaptive" }).arrival).toEqual(own.arrival);
  expect(applyOverrides(withArrival("{ burst: all }"), { rate: "adaptive" }).arrival).toMatchObject(
    {
      way: "adaptive",
      fromPerS: 5,
      maxPerS: 200,
      latencyMs: 2_000,
    },
  );
});

test("an interval from the command line takes the place of a distribution", () => {
  const written = parseScenario(
    SMALLEST.replace('"cave-{n}"', '"cave-{n}", telemetry: { interval: { uniform: [1s, 2s] } }'),
    "small.yaml",
  );
  const telemetryOf = (telemetryInterval?: string) =>
    applyOverrides(written, { telemetryInterval }).fleet[0]?.telemetry.intervalMs;
  expect(telemetryOf()).toEqual({ kind: "uniform", low: 1_000, high: 2_000 });
  expect(telemetryOf("3s")).toBe(3_000);
});

test("all wrong settings are told at once, each at its flag", () => {
  const wrong = {
    target: "aws",
    devices: 1.5,
    duration: "20",
    rate: "fast",
    telemetryInterval: "0s",
    timeScale: 0,
    thresholds: ["telemetry_sent > 0", "nonsense"],
    idScope: "",
    provisioningHost: "a b",
    keyKind: "dsa",
  };
  expect(() => applyOverrides(smallest(), wrong)).toThrow(
    expect.objectContaining({
      code: "USAGE",
      problems: [
        { place: "--target", message: 'expected one of emulator, azure, got "aws"' },
        {
          place: "--devices",
          message: "expected a whole number of devices, 1 to 1000000, got 1.5",
        },
        { place: "--duration", message: expect.stringContaining('got "20"') },
        { place: "--rate", message: expect.stringContaining('got "fast"') },
        { place: "--telemetry-interval", message: expect.stringContaining('got "0s"') },
        { place: "--time-scale", message: "expected a number, 0.001 to 100000, got 0" },
        { place: "--threshold", message: expect.stringContaining("there is no metric nonsense") },
        { place: "--id-scope", message: expect.stringContaining('got ""') },
        { place: "--provisioning-host", message: expect.stringContaining('got "a b"') },
        { place: "--key", message: expect.stringContaining('got "dsa"') },
      ],
    }),
  );
});

test("a number of devices is dealt over the entries in proportion", () => {
  const { fleet } = applyOverrides(TWO_ENTRIES, { devices: 100 });
  expect(fleet.map(({ count }) => count)).toEqual([67, 33]);
});

test("more devices than an id without a number can name are refused", () => {
  const single = parseScenario(
    "name: one\nprovisioning: { group: g }\nfleet: [{ model: cheese-cave, count: 1, registrationId: cave }]\n",
    "one.yaml",
  );
  expect(() => applyOverrides(single, { devices: 2 })).toThrow(FleetError);
  expect(applyOverrides(single, { devices: 1 }).fleet[0]?.count).toBe(1);
});

test("dealing in proportion conserves the total and misses no share by one or more", () => {
  const weights = fc
    .array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 12 })
    .filter((all) => all.some((weight) => weight > 0));
  fc.assert(
    fc.property(fc.nat({ max: 100_000 }), weights, (total, all) => {
      const parts = dealInProportion(total, all);
      const sum = all.reduce((whole, weight) => whole + weight, 0);
      expect(parts.reduce((whole, part) => whole + part, 0)).toBe(total);
      for (const [index, part] of parts.entries()) {
        expect(Number.isInteger(part) && part >= 0).toBe(true);
        expect(Math.abs(part - (total * (all[index] ?? 0)) / sum)).toBeLessThan(1);
      }
    }),
  );
});

test.each([
  [undefined, "fleet[0].count", 20],
  [6, "--devices", 4],
])("more devices (%s) than were brought are told with the mend", (devices, place, count) => {
  const message = `gives fleet[0] ${count} devices, but its file has 2`;
  const hint = "add devices to the file, or take fewer";
  expect(() => applyOverrides(TWO_ENTRIES, { devices }, [2])).toThrow(
    expect.objectContaining({ problems: [{ place, message, hint }] }),
  );
});

test("as many devices as were brought are taken", () => {
  expect(applyOverrides(TWO_ENTRIES, { devices: 3 }, [2]).fleet[0]?.count).toBe(2);
});
