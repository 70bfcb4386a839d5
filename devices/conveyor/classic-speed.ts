import type { RandomStream } from "../../src/model/model.ts";
import type { Speed } from "./belt.ts";

/** Packages that leave the belt each second. */
export const PACKAGES_PER_SECOND: Readonly<Record<Speed, number>> = {
  stopped: 0,
  slow: 1,
  fast: 2,
};

/** Chances of one tick. */
const STOP = 0.01;
const CHANGE = 0.05;
const START = 0.25;

/**
 * The speed of the next tick, as the samples draw it: a running belt draws twice, for a stop and for a change, and a
 * change undoes the stop; a stopped one draws once, to start slowly.
 *
 * Source: Microsoft Learn, "Data anomaly detection using Azure IoT Hub", device code.
 */
export function nextSpeed(speed: Speed, random: Pick<RandomStream, "next">): Speed {
  if (speed === "stopped") return random.next() > 1 - START ? "slow" : "stopped";
  const stops = random.next() < STOP;
  const changes = random.next() > 1 - CHANGE;
  if (changes) return speed === "slow" ? "fast" : "slow";
  return stops ? "stopped" : speed;
}
