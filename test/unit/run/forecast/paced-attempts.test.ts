import fc from "fast-check";
import { expect, test } from "vitest";

import type { Plan } from "../../../../src/plan/plan.ts";
import { dpsForecast } from "../../../../src/run/forecast/dps-forecast.ts";
import { pacedAttempts } from "../../../../src/run/forecast/paced-attempts.ts";

const dues = fc
  .array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 100 })
  .map((list) => list.toSorted((a, b) => a - b));

test("no two attempts are closer than the limit, none comes early, and each device gets its turn at its hub", () => {
  fc.assert(
    fc.property(dues, dues, fc.integer({ min: 1, max: 100 }), (dpsMs, hubMs, perS) => {
      const wanted = { dpsMs, hubMs, perS, perMinute: 40, retryAfterMs: 3_000 };
      const letGo = pacedAttempts(wanted);
      expect(letGo.dpsMs).toHaveLength(dpsMs.length);
      expect(letGo.assignedMs).toHaveLength(dpsMs.length);
      expect(letGo.hubMs).toHaveLength(hubMs.length);
      const all = [letGo.dpsMs, letGo.assignedMs, letGo.hubMs].flat().toSorted((a, b) => a - b);
      for (const [at, ms] of all.slice(1).entries()) {
        expect(ms - (all[at] ?? 0)).toBeGreaterThanOrEqual(1_000 / perS - 1e-6);
      }
      for (const [at, ms] of letGo.dpsMs.entries()) {
        expect(ms).toBeGreaterThanOrEqual(dpsMs[at] ?? Infinity);
        expect(letGo.assignedMs[at]).toBeGreaterThanOrEqual(ms + 3_000);
      }
      for (const [at, ms] of letGo.hubMs.entries()) {
        expect(ms).toBeGreaterThanOrEqual(hubMs[at] ?? Infinity);
      }
    }),
  );
});

test("1,000 devices at once with 50 attempts a second take two turns each: 40 s", () => {
  const device: Omit<Plan["devices"][number], "index"> = {
    registrationId: "d",
    model: "cheese-cave",
    settings: {},
    credentials: { format: "pem" },
    telemetry: { intervalMs: 10_000, jitter: 0 },
    startMs: 0,
  };
  const devices = Array.from({ length: 1_000 }, (_, index) => ({ ...device, index }));
  const dps = { limitPerMinute: 1_000, applies: true, retryAfterS: 3, serviceOperations: 0 };
  const { connectedMs, forecast } = dpsForecast({ devices, attemptsPerS: 50 }, dps);
  expect(Math.max(...connectedMs.map((ms) => ms ?? 0))).toBe(39_980);
  // DPS sees fewer in a minute than it allows: nobody is told to wait.
  expect(forecast).toMatchObject({ waiting: 0, mostInMinute: 1_000 });
  const brought = devices.map((one) => ({ ...one, hub: "h" }));
  const direct = dpsForecast({ devices: brought, attemptsPerS: 50 }, dps);
  expect(Math.max(...direct.connectedMs.map((ms) => ms ?? 0))).toBe(19_980);
});
