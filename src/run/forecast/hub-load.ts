import type { ModelSample } from "./model-sample.ts";
import { blocks, meteredPerStep } from "./model-sample.ts";
import type { RateSeries } from "./rate-series.ts";
import { accumulated, countedPerSecond, onTopOf } from "./rate-series.ts";

/** A device as its hub sees it. */
export interface HubDevice {
  /** Registered and connected, ms after time 0. */
  readonly connectedMs: number;
  /** Between two steps of its model, ms > 0. */
  readonly intervalMs: number;
  readonly sample: ModelSample;
}

/** Twins of a hub that the timeline patches. */
export interface HubAction {
  readonly atMs: number;
  readonly devices: number;
  readonly patchBytes: number;
}

/** What one hub has to carry. */
export interface HubLoad {
  readonly devices: readonly HubDevice[];
  readonly actions: readonly HubAction[];
  readonly connections: RateSeries;
  /** First messages go out with the connection, the others on top of one another. */
  readonly messages: RateSeries;
  /** Each connection reads the twin. */
  readonly twinReads: RateSeries;
  /** What devices report at first, and patches of the timeline with the reports that answer them, all in one second. */
  readonly twinUpdates: RateSeries;
}

/** Reads and updates of twins and messages of some time, as a hub meters them. */
export interface Volume {
  readonly messages: number;
  readonly twinOperations: number;
  /** Of the daily quota: messages and twin operations in begun blocks. */
  readonly metered: number;
}

const perStep = ({ sizes, steps }: ModelSample): number => sizes.length / steps;

/** What devices that connect and stream, and a timeline, bring to their hub second by second. */
export function hubLoad(devices: readonly HubDevice[], actions: readonly HubAction[]): HubLoad {
  const connectedMs = (device: HubDevice): number => device.connectedMs;
  const connections = countedPerSecond(devices, connectedMs);
  const first = countedPerSecond(devices, connectedMs, ({ sample }) => perStep(sample));
  const begins = countedPerSecond(
    devices,
    connectedMs,
    ({ sample, intervalMs }) => (perStep(sample) * 1_000) / intervalMs,
  );
  const reporting = devices.filter(({ sample }) => sample.reportedBytes !== undefined);
  const patches = countedPerSecond(
    actions,
    ({ atMs }) => atMs,
    (action) => 2 * action.devices,
  );
  return {
    devices,
    actions,
    connections,
    messages: onTopOf(first, accumulated(begins)),
    twinReads: connections,
    twinUpdates: together(countedPerSecond(reporting, connectedMs), patches),
  };
}

/** What a hub has carried until `untilMs` after time 0. @param meterBytes of one metered block */
export function volumeUntil(
  { devices, actions }: Pick<HubLoad, "devices" | "actions">,
  untilMs: number,
  meterBytes: number,
): Volume {
  const meteredOf = new Map<ModelSample, number>();
  let messages = 0;
  let twinOperations = 0;
  let metered = 0;
  for (const { connectedMs, intervalMs, sample } of devices) {
    if (connectedMs >= untilMs) continue;
    const steps = Math.ceil((untilMs - connectedMs) / intervalMs);
    const ofStep = meteredOf.get(sample) ?? meteredPerStep(sample, meterBytes);
    meteredOf.set(sample, ofStep);
    messages += steps * perStep(sample);
    metered += steps * ofStep + blocks(sample.twinBytes, meterBytes);
    twinOperations += 1;
    if (sample.reportedBytes === undefined) continue;
    metered += blocks(sample.reportedBytes, meterBytes);
    twinOperations += 1;
  }
  for (const { atMs, devices: patched, patchBytes } of actions) {
    if (atMs >= untilMs) continue;
    twinOperations += 2 * patched;
    metered += 2 * patched * blocks(patchBytes, meterBytes);
  }
  return { messages: Math.round(messages), twinOperations, metered: Math.round(metered) };
}

/**
 * When a hub has metered more than `quota`, ms after time 0, to the second; undefined = not until `untilMs`.
 *
 * @param meterBytes of one metered block
 */
export function quotaUsedUpMs(
  load: Pick<HubLoad, "devices" | "actions">,
  quota: number,
  untilMs: number,
  meterBytes: number,
): number | undefined {
  const isOver = (ms: number): boolean => volumeUntil(load, ms, meterBytes).metered > quota;
  if (!isOver(untilMs)) return undefined;
  let within = 0;
  let over = untilMs;
  while (over - within > 1_000) {
    const middle = (within + over) / 2;
    if (isOver(middle)) over = middle;
    else within = middle;
  }
  return over;
}

/** Volumes of several hubs as one. */
export function summed(volumes: readonly Volume[]): Volume {
  return {
    messages: volumes.reduce((sum, { messages }) => sum + messages, 0),
    twinOperations: volumes.reduce((sum, { twinOperations }) => sum + twinOperations, 0),
    metered: volumes.reduce((sum, { metered }) => sum + metered, 0),
  };
}

const together = (some: RateSeries, others: RateSeries): RateSeries =>
  countedPerSecond(
    [...some, ...others],
    ({ second }) => second * 1_000,
    ({ perS }) => perS,
  );
