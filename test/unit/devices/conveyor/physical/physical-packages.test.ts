import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelDevice } from "../../../../../src/model/model.ts";
import { beltOf, PUSHED } from "../belts.ts";
import { countsOf, logOf, QUIET, steadyBelt } from "./physical-belts.ts";

describe("packages", () => {
  test.each([
    ["slow", 1],
    ["fast", 2],
  ])("leave a belt at the speed %s at %d.000 a second", (speed, perS) => {
    const belt = steadyBelt(speed);
    const before = Number(logOf(belt, 1)["packages"]);
    for (let second = 1; second <= 100; second += 1) {
      expect(Number(logOf(belt, 1)["packages"])).toBe(before + perS * second);
    }
  });

  test("first leave it 10 to 20 s after its start, or at once where it has no length", () => {
    const belt = beltOf({ ...QUIET });
    belt.device.desired({ desiredSpeed: "fast" }, PUSHED);
    expect(logOf(belt, 12)["packages"]).toBe(0);
    expect(logOf(belt, 1)["packages"]).toBeGreaterThan(0);
    const short = beltOf({ ...QUIET, beltLength: 0 });
    short.device.desired({ desiredSpeed: "fast" }, PUSHED);
    expect(logOf(short, 4)["packages"]).toBe(4);
  });

  test("are all accounted for at every tick, whatever is asked for and breaks", () => {
    const fault = fc.record({
      kind: fc.constantFrom("jam", "brokenWheel", "resonance", "bearingFault", "droppedPackages"),
      id: fc.constantFrom("a", "b"),
    });
    const action = fc.oneof(
      fc.record({ desiredSpeed: fc.constantFrom("stopped", "slow", "fast", null) }),
      fc.record({ begin: fault }),
      fc.record({ end: fc.constantFrom("a", "b") }),
      fc.record({ clear: fc.constant(true) }),
    );
    const step = fc.record({
      actions: fc.array(action, { maxLength: 2 }),
      dtS: fc.double({ min: 0.1, max: 40, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 25 }),
        fc.nat(),
        fc.constantFrom(0, 4, 10),
        (steps, seed, beltLength) => {
          const belt = beltOf({ signal: "physical", beltLength, pitch: 0.3 }, { seed });
          const { device } = belt;
          let delivered = 0;
          device.beginFault?.({ id: "falls", kind: "droppedPackages", parameters: { above: 0 } });
          for (const { actions, dtS } of steps) {
            for (const each of actions) act(device, each);
            const packages = Number(logOf(belt, dtS)["packages"]);
            const counts = countsOf(device);
            const onBelt = counts.loaded - counts.delivered - counts.dropped;
            expect(packages).toBe(counts.delivered);
            expect(packages).toBeGreaterThanOrEqual(delivered);
            expect(counts.loaded).toBe(Math.floor(counts.distanceM / 0.3));
            expect(onBelt).toBeGreaterThanOrEqual(0);
            expect(onBelt).toBeLessThanOrEqual(Math.ceil(beltLength / 0.3));
            delivered = packages;
          }
        },
      ),
    );
  });
});

function act(
  device: ModelDevice,
  action: {
    readonly desiredSpeed?: string | null;
    readonly begin?: { readonly id: string; readonly kind: string };
    readonly end?: string;
    readonly clear?: boolean;
  },
): void {
  const { desiredSpeed, begin, end, clear } = action;
  if (desiredSpeed !== undefined) device.desired({ desiredSpeed }, PUSHED);
  if (begin !== undefined) device.beginFault?.({ ...begin, parameters: {} });
  if (end !== undefined) device.endFault?.(end);
  if (clear !== undefined) device.methods["ClearFaults"]?.(null);
}
