import { dealInProportion } from "../base/deal.ts";
import { FleetError } from "../base/errors.ts";

/** Devices that one worker's event loop carries well. */
const DEVICES_PER_WORKER = 2_000;
/** Fewer do not pay for a process of their own. */
const LEAST_DEVICES_PER_WORKER = 15;

/**
 * Deals `devices` out round robin: sizes differ by at most one, order is kept, equal input gives equal shards.
 *
 * @param workers integer >= 1; with more workers than devices some shards are empty
 * @throws {FleetError} `USAGE` if `workers` is not a positive integer
 */
export function shardDevices<Device>(devices: readonly Device[], workers: number): Device[][] {
  const shards: Device[][] = Array.from({ length: wholeWorkers(workers) }, () => []);
  for (const [index, device] of devices.entries()) shards[index % workers]?.push(device);
  return shards;
}

/**
 * Deals a fleet-wide limit out to `parts` workers by largest remainder: the parts are whole and sum to `total`.
 *
 * @param total integer >= 0; below `parts` some parts are 0, so use at most `total` workers
 * @param parts integer >= 1 for equal parts, or the weight of each part (its number of devices)
 */
export function deal(total: number, parts: number | readonly number[]): number[] {
  const weights =
    typeof parts === "number" ? Array.from({ length: wholeWorkers(parts) }, () => 1) : parts;
  return dealInProportion(total, weights);
}

/**
 * Deals a fleet-wide rate out: the parts sum to `perS`. Where there are as many units a second as parts, all parts but the
 * first are whole, so that what each lets go in a second sums to no more than the whole's, rounded up.
 *
 * @param perS > 0
 * @param parts integer >= 1
 */
export function dealRate(perS: number, parts: number): number[] {
  const whole = Math.floor(perS);
  if (whole < parts) return Array.from({ length: wholeWorkers(parts) }, () => perS / parts);
  return deal(whole, parts).map((part, index) => (index === 0 ? part + perS - whole : part));
}

/** The most workers, or parts, that a fleet-wide limit leaves something for each, >= 1; Infinity without one. */
export function mostWorkers(limits: {
  readonly concurrency?: number | undefined;
  readonly attemptsPerS?: number | undefined;
}): number {
  const { concurrency = Infinity, attemptsPerS = Infinity } = limits;
  return Math.min(concurrency, Math.max(1, Math.floor(attemptsPerS)));
}

/**
 * How many workers `auto` means: one per core, or one per 2,000 devices if that is more, but at most one for each
 * started 15 devices and never more than the fleet's concurrency, so that every worker has work and a slot.
 *
 * @param most what fleet-wide limits allow, >= 1, such as the concurrency; absent = any number
 */
export function workersFor(devices: number, cores: number, most?: number): number {
  const wanted = Math.max(1, cores, Math.ceil(devices / DEVICES_PER_WORKER));
  const worth = Math.max(1, Math.ceil(devices / LEAST_DEVICES_PER_WORKER));
  return Math.min(wanted, worth, most ?? Infinity);
}

function wholeWorkers(workers: number): number {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new FleetError("USAGE", `workers: expected a whole number above 0, got ${workers}`);
  }
  return workers;
}
