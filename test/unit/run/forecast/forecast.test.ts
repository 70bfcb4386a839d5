import { expect, test } from "vitest";

import type { DeviceSpec, Plan } from "../../../../src/plan/plan.ts";
import { forecast } from "../../../../src/run/forecast/forecast.ts";
import { forecastLine } from "../../../../src/run/forecast/forecast-line.ts";

const SAMPLE = {
  sizes: [200],
  steps: 1,
  intervalMs: undefined,
  reportedBytes: 40,
  twinBytes: 80,
};
const DPS = { limitPerMinute: 1_000, applies: true, retryAfterS: 3, serviceOperations: 2 };

function device(index: number, startMs: number, hub?: string): DeviceSpec {
  return {
    index,
    registrationId: `d${index}`,
    hub,
    model: "cheese-cave",
    settings: {},
    credentials: { format: "pem", passphrase: undefined },
    telemetry: { intervalMs: 10_000, jitter: 0 },
    startMs,
  };
}

const planOf = (devices: readonly DeviceSpec[], more: Partial<Plan> = {}): Plan => ({
  scenario: "fleet",
  seed: 1,
  target: "azure",
  devices,
  arrivalEndMs: devices.at(-1)?.startMs ?? 0,
  durationMs: undefined,
  timeScale: 1,
  concurrency: undefined,
  timeline: [],
  alerts: [],
  phases: [],
  thresholds: [],
  aborts: [],
  ...more,
});

const fleet = (count: number, perS: number): DeviceSpec[] =>
  Array.from({ length: count }, (_, at) => device(at, (at * 1_000) / perS));

const forecastOf = (plan: Plan, more: Partial<Parameters<typeof forecast>[0]> = {}) =>
  forecast({ plan, samples: plan.devices.map(() => SAMPLE), dps: DPS, ...more });

test("2,000 devices at 100/s under 1,000 a minute: half of them wait, and the last is assigned after 72.99 s", () => {
  const { registration, arrival, firstThrottled, warnings } = forecastOf(
    planOf(fleet(2_000, 100), { durationMs: 300_000 }),
  );
  expect(arrival).toMatchObject({ endS: 19.99, mostPerS: 100 });
  expect(registration).toEqual({
    registrations: 2_000,
    polls: 2_000,
    serviceOperations: 2,
    limitPerMinute: 1_000,
    limitApplies: true,
    mostInMinute: 2_000,
    waiting: 1_000,
    firstWaitS: 10,
    endUnderLimitS: 72.99,
    endS: 72.99,
  });
  expect(firstThrottled).toEqual({
    limit: "registrationsPerMinute",
    hub: null,
    needed: 2_000,
    allowed: 1_000,
    atS: 10,
  });
  expect(warnings).toEqual([]);
});

test("a DPS without that limit takes them as they come, and the limit is told all the same", () => {
  const { registration, firstThrottled } = forecastOf(planOf(fleet(2_000, 100)), {
    dps: { ...DPS, applies: false },
  });
  expect(registration).toMatchObject({ endS: 22.99, endUnderLimitS: 72.99, waiting: 1_000 });
  expect(firstThrottled).toBeNull();
});

test("devices that the limit keeps out of the run are told, with the duration that has them all", () => {
  const { warnings } = forecastOf(planOf(fleet(2_000, 100), { durationMs: 60_000 }));
  expect(warnings).toEqual([
    {
      place: "duration",
      message:
        "1000 of 2000 devices are not assigned when the run ends after 1m under 1000 registrations a minute",
      hint: "give --duration 74s or more, or fewer --devices",
    },
  ]);
});

test("the curve counts up to all devices, and connected ones never run ahead", () => {
  const { curve } = forecastOf(planOf(fleet(100, 10).toReversed())).arrival;
  expect(curve.at(-1)).toEqual({ atS: 12.9, started: 100, connected: 100 });
  for (const { started, connected } of curve) expect(connected).toBeLessThanOrEqual(started);
  const counts = curve.map(({ started }) => started);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
});

test("devices go to the hub that they bring, the others evenly to those of DPS; shares sum to the fleet", () => {
  const own = device(0, 0, "own.azure-devices.net");
  const plan = planOf([own, ...fleet(7, 10).map((one) => ({ ...one, index: one.index + 1 }))]);
  const hubs = ["a.azure-devices.net", "b.azure-devices.net"];
  const shares = forecastOf(plan, { hubs }).hubs;
  expect(shares.map(({ hub, devices, assumed }) => [hub, devices, assumed])).toEqual([
    ["own.azure-devices.net", 1, false],
    ["b.azure-devices.net", 4, true],
    ["a.azure-devices.net", 3, true],
  ]);
  expect(forecastOf(plan).registration.registrations).toBe(7);
});

test("what goes on is told for the run and for a day; the tier decides what it is metered in", () => {
  const plan = planOf(fleet(2, 1), { durationMs: 34_000 });
  const found = forecastOf(plan, { tier: { tier: "F1", units: 1 } });
  // Connected at 3 s and 4 s: four and three messages, a twin read and an update each.
  expect(found.messages.run).toEqual({
    messages: 7,
    twinOperations: 4,
    metered4KiB: 11,
    metered512B: 11,
  });
  expect(found.messages).toMatchObject({ perS: 0.2, bytes: { mean: 200, max: 200 } });
  expect(forecastLine(found)).toBe(
    "2 devices, 17,280 messages a day, metered as 17,284 of 512 B; 7 in this run",
  );
});

test("the first limit that is met within the run is told, whether DPS or the hub has it", () => {
  const tier = { tier: "S1", units: 1 } as const;
  const plan = planOf(fleet(2_000, 60), { durationMs: 200_000 });
  // From 3 s on 60 devices a second connect, each with a report, of which S1 takes 50.
  expect(forecastOf(plan, { tier }).firstThrottled).toEqual({
    limit: "twinUpdatesPerS",
    hub: null,
    needed: 60,
    allowed: 50,
    atS: 3,
  });
});

const refused = (at: number, hub?: string): DeviceSpec => ({
  ...device(at, at * 1_000, hub),
  expectedRefusal: "unauthorized",
});

test("devices that are to be refused count for the limit of DPS, and bring nothing to a hub", () => {
  const devices = [...fleet(2, 1), refused(2), refused(3, "h.azure-devices.net")];
  const mixed = forecastOf(planOf(devices, { durationMs: 10_000 }));
  expect(mixed).toMatchObject({
    devices: { total: 4, toBeRefused: 2 },
    arrival: { endS: 3 },
    registration: { registrations: 3, polls: 2, mostInMinute: 3, endS: 4 },
    messages: { perS: 0.2, run: { messages: 2 } },
    hubs: [{ hub: null, devices: 2 }],
    warnings: [],
  });
  expect(mixed.arrival.curve.at(-1)).toMatchObject({ started: 4, connected: 2 });
  expect(forecastLine(mixed)).toMatch(/^4 devices, 2 of them to be refused, /);

  const nobody = forecastOf(planOf([refused(0), refused(1)], { durationMs: 1_000 }));
  expect(nobody).toMatchObject({
    registration: { registrations: 2, polls: 0, endS: 0 },
    messages: { bytes: null, perS: 0, run: { messages: 0 } },
    hubs: [],
    warnings: [],
  });
});
