import { Saved } from "../../../../../devices/shared/saved.ts";
import type { JsonObject, ModelDevice } from "../../../../../src/model/model.ts";
import { beltOf, PUSHED } from "../belts.ts";

/** Of a physical belt without noise and wear. */
export const QUIET = {
  signal: "physical",
  noise: 0,
  brokenWheelEvery: 0,
  resonanceEvery: 0,
} as const;

/** A belt without noise and wear that somebody has set to a speed; it has reached it. */
export function steadyBelt(desiredSpeed: string, settings: JsonObject = {}) {
  const belt = beltOf({ ...QUIET, features: true, ...settings });
  belt.device.desired({ desiredSpeed }, PUSHED);
  belt.run(1, 60);
  return belt;
}

/** The log message after `dtS` more seconds. */
export const logOf = (belt: ReturnType<typeof beltOf>, dtS: number): JsonObject => {
  const [, log] = belt.bodies(1, dtS);
  return JSON.parse(log ?? "");
};

export const peakOf = (belt: ReturnType<typeof beltOf>): number =>
  Number(logOf(belt, 2)["vibrationPeak"]);
export const zoneOf = (settings: JsonObject): unknown =>
  logOf(steadyBelt("fast", settings), 2)["isoZone"];

/** What the belt knows of its packages. */
export const countsOf = (device: ModelDevice) => {
  const signal = new Saved(device.snapshot(), "conveyor").part("signal");
  const packages = signal.part("packages");
  return {
    loaded: packages.number("loaded"),
    delivered: packages.number("delivered"),
    dropped: packages.number("dropped"),
    distanceM: signal.part("motion").number("distanceM"),
  };
};
