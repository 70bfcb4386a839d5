import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { model } from "../../../../../devices/conveyor/index.ts";
import type { JsonObject } from "../../../../../src/model/model.ts";
import { beltOf, PUSHED } from "../belts.ts";
import { countsOf, logOf, QUIET, zoneOf } from "./physical-belts.ts";

describe("messages", () => {
  test("are those of the dialect, with features in the log message alone", () => {
    const [telemetry, log] = beltOf({ signal: "physical", features: true }).run(1, 2);
    expect(telemetry).toMatchObject({
      body: expect.stringMatching(/^\{"vibration":-?[\d.]+\}$/),
      properties: { sensorID: "VSTel", beltAlert: "false" },
    });
    expect(log?.properties).toEqual({ sensorID: "VSLog", beltAlert: "false" });
    expect(Object.keys(JSON.parse(log?.body ?? ""))).toEqual([
      "vibration",
      "packages",
      "speed",
      "temp",
      "vibrationRms",
      "vibrationPeak",
      "crestFactor",
      "velocityRms",
      "dropped",
    ]);
  });

  test("have no more members than those of a classic belt without features", () => {
    const [, log] = beltOf({ signal: "physical" }).bodies(1);
    const [, classic] = beltOf().bodies(1);
    expect(Object.keys(JSON.parse(log ?? ""))).toEqual(Object.keys(JSON.parse(classic ?? "")));
  });

  test("tell the zone of ISO 10816-1 of an industrial belt alone, by its class", () => {
    expect(zoneOf({})).toBeUndefined();
    expect(zoneOf({ preset: "industrial" })).toBe("B");
    expect(zoneOf({ preset: "industrial", machineClass: "IV" })).toBe("A");
    expect(zoneOf({ preset: "industrial", naturalAmplitude: 1 })).toBe("D");
  });
});

describe("speed", () => {
  test("has no jump in the vibration when it changes, whatever shakes", () => {
    for (const preset of ["lab", "industrial"]) {
      const plan = "slow 3, fast 4, slow 3, stopped 4";
      // Telemetry of this dialect is not rounded.
      const belt = beltOf({ ...QUIET, preset, speedPlan: plan, dialect: "az220" });
      for (const kind of ["brokenWheel", "resonance", "bearingFault"]) {
        const parameters: JsonObject = kind === "resonance" ? { riseTime: 0.1 } : {};
        belt.device.beginFault?.({ id: kind, kind, parameters });
      }
      const perS = 1_024;
      let [before, peak, jump] = [0, 0, 0];
      for (let step = 0; step < 15 * perS; step += 1) {
        const [telemetry] = belt.device.step({ dtS: 1 / perS, atMs: 0 });
        const now = Number(JSON.parse(telemetry?.body ?? "")["vibration"]);
        jump = Math.max(jump, Math.abs(now - before));
        peak = Math.max(peak, Math.abs(now));
        before = now;
      }
      // The fastest part swings at 122 rad/s: within a step it moves by 0.12 of its amplitude at most.
      expect(peak).toBeGreaterThan(preset === "lab" ? 3 : 0.5);
      expect(jump).toBeLessThan(0.12 * peak);
    }
  });

  test("is what somebody asks for, by a ramp of 0.25 m/s², else what chance or a plan says", () => {
    const belt = beltOf({ ...QUIET, speedPlan: "slow 10, stopped 10" });
    belt.run(1, 2);
    expect(countsOf(belt.device).distanceM).toBeCloseTo(0.5, 12);
    expect(logOf(belt, 7)["speed"]).toBe("slow");
    expect(logOf(belt, 2)["speed"]).toBe("stopped");
    belt.device.desired({ desiredSpeed: "fast" }, PUSHED);
    expect(logOf(belt, 100)["speed"]).toBe("fast");
    belt.device.desired({ desiredSpeed: null }, PUSHED);
    expect(logOf(belt, 1)["speed"]).toBe("stopped");
  });

  test("raises the alert after more than 5 s of standing: not at 2 and 4 s, but at 6 s, until the belt moves", () => {
    // From fast it takes 4 s to stand: from 64 s to 80 s.
    const belt = beltOf({ ...QUIET, speedPlan: "fast 60, stopped 20" });
    const alertAfter = (dtS: number): unknown => belt.run(1, dtS)[1]?.properties["beltAlert"];
    expect(alertAfter(64)).toBe("false");
    expect([1, 2, 3, 4].map(() => alertAfter(2))).toEqual(["false", "false", "true", "true"]);
    expect(alertAfter(8)).toBe("true");
    expect(alertAfter(2)).toBe("false");
  });

  test("does not depend on the interval of the messages", () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const ways = [2, 7.5, 60, 600].map((dtS) => {
        const belt = beltOf({ signal: "physical" }, { seed });
        belt.run(600 / dtS, dtS);
        return countsOf(belt.device).distanceM;
      });
      for (const way of ways) expect(way).toBeCloseTo(ways[0] ?? Number.NaN, 6);
    }
  });
});

describe("determinism", () => {
  test("a belt restored in the middle goes on with the same messages, faults and all", () => {
    const kinds = ["brokenWheel", "resonance", "bearingFault", "jam", "droppedPackages"];
    fc.assert(
      fc.property(
        fc.constantFrom("lab", "industrial"),
        fc.array(fc.constantFrom(...kinds), { maxLength: 3 }),
        fc.constantFrom(undefined, "slow 7, fast 30, stopped 3"),
        fc.nat({ max: 60 }),
        fc.nat(),
        (preset, faults, speedPlan, ticks, seed) => {
          const settings = {
            signal: "physical",
            preset,
            features: true,
            waveform: 4,
            ...(speedPlan === undefined ? {} : { speedPlan }),
          };
          const belt = beltOf(settings, { seed });
          belt.run(ticks, 3);
          for (const kind of faults) belt.device.beginFault?.({ id: kind, kind, parameters: {} });
          belt.run(20, 3);
          const restored = beltOf(settings, { deviceId: "another", seed: seed + 1 });
          restored.device.restore(JSON.parse(JSON.stringify(belt.device.snapshot())));
          expect(restored.device.snapshot()).toEqual(belt.device.snapshot());
          expect(restored.device.desired({}, PUSHED)).toEqual(belt.device.desired({}, PUSHED));
          expect(restored.bodies(30, 3)).toEqual(belt.bodies(30, 3));
        },
      ),
      { numRuns: 15 },
    );
  });

  test("what a physical belt did not save is refused", () => {
    const { device } = beltOf({ signal: "physical" });
    expect(() => device.restore(beltOf().device.snapshot())).toThrow(TypeError);
  });
});

describe("settings", () => {
  test("every problem is told at once", () => {
    expect(
      model.checkSettings({
        signal: "physical",
        preset: "house",
        slowSpeed: 3,
        speedPlan: "slow",
        pich: 1,
        bearingBalls: 7.5,
        machineClass: "II",
        waveform: 16,
      }),
    ).toEqual([
      'preset: expected one of lab, industrial, got "house"',
      "pich: there is no such setting; did you mean pitch?",
      "bearingBalls: expected a whole number from 3 to 100, got 7.5",
      'speedPlan: expected speeds with their seconds, as in "slow 600, fast 1200, stopped 60", got "slow"',
      "slowSpeed: expected at most the fast speed (1 m/s), got 3",
      "machineClass: is for preset: industrial",
      "waveform: is one of the features, so it needs features: true",
    ]);
  });

  test("of a physical belt are refused for a classic one", () => {
    expect(model.checkSettings({ pitch: 1, features: true })).toEqual([
      "pitch: is for signal: physical",
      "features: is for signal: physical",
    ]);
    expect(model.checkSettings({ features: false })).toEqual([]);
  });
});
