import { describe, expect, test } from "vitest";
import { beltOf, PUSHED } from "../belts.ts";
import { logOf, peakOf, QUIET, steadyBelt } from "./physical-belts.ts";

describe("at rest", () => {
  test("a belt does not vibrate but for the noise of its sensor", () => {
    const [telemetry, log] = steadyBelt("stopped", { noise: 0.1 }).bodies(1);
    expect(telemetry).toBe('{"vibration":0}');
    expect(JSON.parse(log ?? "")).toMatchObject({ vibrationRms: 0, crestFactor: 0 });
    const noisy = steadyBelt("stopped", { sensorNoise: 0.5 });
    expect(logOf(noisy, 2)).toMatchObject({ vibrationRms: 0.5, crestFactor: 3 });
    expect(logOf(noisy, 2)["vibration"]).not.toBe(0);
  });

  test("what wear broke is gone, what the scenario broke is not", () => {
    const belt = beltOf({ ...QUIET, features: true, brokenWheelEvery: 0.01, brokenWheelFor: 0 });
    belt.device.desired({ desiredSpeed: "fast" }, PUSHED);
    const healthy = Number(logOf(steadyBelt("fast"), 60)["vibrationRms"]);
    expect(Number(logOf(belt, 60)["vibrationRms"])).toBeGreaterThan(healthy);
    expect(belt.reports.at(-1)).toEqual({ faults: { forced: true, increasing: false } });
    belt.device.desired({ desiredSpeed: "stopped" }, PUSHED);
    belt.run(1, 60);
    expect(belt.reports.at(-1)).toEqual({ faults: { forced: false, increasing: false } });
    belt.device.beginFault?.({ id: "1", kind: "resonance", parameters: {} });
    belt.run(2, 60);
    expect(belt.reports.at(-1)).toEqual({ faults: { forced: false, increasing: true } });
    expect(belt.events.map(({ name }) => name)).toEqual([
      "forcedVibrationStarted",
      "forcedVibrationStopped",
      "increasingVibrationStarted",
    ]);
  });
});

describe("faults", () => {
  test("a broken wheel and a damaged bearing shake by their amplitude until they are mended", () => {
    const belt = steadyBelt("fast");
    const healthy = peakOf(belt);
    const { device } = belt;
    device.beginFault?.({ id: "w", kind: "brokenWheel", parameters: { amplitude: 4 } });
    expect(peakOf(belt)).toBeCloseTo(healthy + 4, 3);
    device.beginFault?.({
      id: "b",
      kind: "bearingFault",
      parameters: { part: "ball", amplitude: 2 },
    });
    expect(peakOf(belt)).toBeCloseTo(healthy + 6, 3);
    device.endFault?.("w");
    expect(peakOf(belt)).toBeCloseTo(healthy + 2, 3);
    device.methods["ClearFaults"]?.(null);
    expect(peakOf(belt)).toBeCloseTo(healthy, 3);
  });

  test("an industrial belt draws its own, weaker shaking", () => {
    const belt = steadyBelt("fast", { preset: "industrial" });
    const healthy = peakOf(belt);
    belt.device.beginFault?.({ id: "w", kind: "brokenWheel", parameters: {} });
    expect(peakOf(belt) - healthy).toBeGreaterThan(0.1);
    expect(peakOf(belt) - healthy).toBeLessThan(0.5);
  });

  test("a jam stops the belt whatever is asked for, raises the alert, and lets it start again", () => {
    const belt = steadyBelt("fast");
    belt.device.beginFault?.({ id: "j", kind: "jam", parameters: {} });
    const [message] = belt.run(1, 10);
    expect(message?.properties["beltAlert"]).toBe("true");
    expect(logOf(belt, 2)).toMatchObject({ speed: "stopped", vibration: 0 });
    belt.device.endFault?.("j");
    expect(logOf(belt, 2)).toMatchObject({ speed: "fast" });
    expect(belt.run(1, 2)[0]?.properties["beltAlert"]).toBe("false");
  });

  test("packages fall while vibration is above the threshold, one in 10 s on average", () => {
    const belt = steadyBelt("fast");
    const dropped = (dtS: number): number => Number(logOf(belt, dtS)["dropped"]);
    belt.device.beginFault?.({ id: "d", kind: "droppedPackages", parameters: {} });
    expect(dropped(1_000)).toBe(0);
    belt.device.beginFault?.({ id: "w", kind: "brokenWheel", parameters: { amplitude: 5 } });
    // A Poisson number of mean 1,000, and 4 sigma.
    const fallen = dropped(10_000);
    expect(Math.abs(fallen - 1_000)).toBeLessThan(127);
    expect(belt.events.filter(({ name }) => name === "packageDropped")).toHaveLength(fallen);
    belt.device.endFault?.("w");
    expect(dropped(1_000)).toBe(fallen);
  });

  test("faults of sensors change what is read, not the belt", () => {
    const [belt, sound] = [steadyBelt("fast"), steadyBelt("fast")];
    belt.device.beginFault?.({
      id: "s",
      kind: "sensorBias",
      parameters: { sensor: "vibration", by: 100 },
    });
    const { vibration, ...rest } = logOf(belt, 2);
    const { vibration: measured, ...others } = logOf(sound, 2);
    expect(Number(vibration)).toBeCloseTo(Number(measured) + 100, 2);
    expect(rest).toEqual(others);
  });

  test("a sensor that was silent goes on as if it had not been", () => {
    const [belt, sound] = [
      steadyBelt("fast", { waveform: 8 }),
      steadyBelt("fast", { waveform: 8 }),
    ];
    belt.device.beginFault?.({ id: "s", kind: "sensorDropout", parameters: {} });
    expect(belt.run(3)).toEqual([]);
    belt.device.endFault?.("s");
    sound.run(3);
    expect(belt.bodies(3)).toEqual(sound.bodies(3));
  });
});
