import fc from "fast-check";
import { expect, test } from "vitest";
import { Churn } from "../../../../scripts/soak/churn.ts";

test("half of the churn ends connections, each device's as often as every other's, give or take one", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 60 }),
      (devices, steps) => {
        const churn = new Churn({ devices, churnPerS: 4, awayMs: 5_000, faults: [] });
        const times = new Map<string, number>();
        for (const ms of steps) {
          const { scope } = churn.after(ms) ?? { scope: { devices: [] } };
          for (const id of "devices" in scope ? scope.devices : []) {
            times.set(id, (times.get(id) ?? 0) + 1);
          }
        }
        const elapsedMs = steps.reduce((sum, ms) => sum + ms, 0);
        // Fractions of a device are summed up in binary.
        expect(Math.abs(churn.left - (elapsedMs * 4) / 2_000)).toBeLessThan(1 + 1e-6);
        const counts = Array.from({ length: devices }, (_, n) => times.get(`soak-${n + 1}`) ?? 0);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test("connections end in one way after the other, for as long as devices are to be away", () => {
  const churn = new Churn({ devices: 10, churnPerS: 2, awayMs: 5_000, faults: [] });
  const departures = Array.from({ length: 4 }, () => churn.after(1_000));
  expect(departures).toMatchObject([
    { kind: "killTcp", parameters: { how: "reset" }, durationMs: 5_000 },
    { kind: "killTcp", parameters: { how: "close" } },
    { kind: "shutDownMqtt" },
    { kind: "killTcp", parameters: { how: "reset" } },
  ]);
});

test("a machine that stood still for long does not take more than the whole fleet down", () => {
  const churn = new Churn({ devices: 10, churnPerS: 20, awayMs: 1_000, faults: [] });
  churn.after(3_600_000);
  expect(churn.left).toBe(10);
  churn.after(100);
  expect(churn.left).toBe(12);
});

test("before anything counts all of it happens to all devices", () => {
  const faults = ["serverError", "blackHole"];
  const churn = new Churn({ devices: 10, churnPerS: 1, awayMs: 1_000, faults });
  const all = { scope: { share: 1 }, durationMs: 1_000 };
  expect(churn.everybody()).toMatchObject([
    { kind: "killTcp", ...all },
    { kind: "serverError", ...all },
    { kind: "blackHole", ...all },
  ]);
});

test("each round has the next of the faults, on other devices each time", () => {
  const faults = ["serverError", "blackHole"];
  const churn = new Churn({ devices: 10, churnPerS: 1, awayMs: 1_000, faults });
  expect([churn.nextFault(500), churn.nextFault(500), churn.nextFault(500)]).toMatchObject([
    { kind: "serverError", seed: 1, durationMs: 500 },
    { kind: "blackHole", seed: 2 },
    { kind: "serverError", seed: 3 },
  ]);
  expect(
    new Churn({ devices: 1, churnPerS: 1, awayMs: 1, faults: [] }).nextFault(1),
  ).toBeUndefined();
});
