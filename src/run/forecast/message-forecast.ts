import type { HubShare } from "./hub-shares.ts";
import { summed, volumeUntil } from "./hub-load.ts";

/** Messages of some time, and what hubs meter them as, reads and updates of twins included. */
export interface MessageVolume {
  readonly messages: number;
  readonly twinOperations: number;
  /** In blocks of 4 KiB, as all tiers but the free one have it. */
  readonly metered4KiB: number;
  /** In blocks of 512 bytes, as the free tier has it. */
  readonly metered512B: number;
}

/** What devices send. */
export interface MessageForecast {
  /** Of a message, properties included; null = their models sent none in their first steps. */
  readonly bytes: { readonly mean: number; readonly max: number } | null;
  /** Once all are connected. */
  readonly perS: number;
  /** null = it ends when it is stopped. */
  readonly run: MessageVolume | null;
  /** The first 24 hours, were the run that long. */
  readonly day: MessageVolume;
}

const DAY_MS = 86_400_000;

/** @param durationMs of the run; undefined = until it is stopped */
export function messageForecast(
  shares: readonly HubShare[],
  durationMs: number | undefined,
): MessageForecast {
  const until = (ms: number): MessageVolume => {
    const [large, small] = [4_096, 512].map((meterBytes) =>
      summed(shares.map(({ load }) => volumeUntil(load, ms, meterBytes))),
    );
    return {
      messages: large?.messages ?? 0,
      twinOperations: large?.twinOperations ?? 0,
      metered4KiB: large?.metered ?? 0,
      metered512B: small?.metered ?? 0,
    };
  };
  const perS = shares.reduce((sum, { load }) => sum + steadyPerS(load.devices), 0);
  return {
    bytes: bytesOf(shares),
    perS: Math.round(perS * 1e3) / 1e3,
    run: durationMs === undefined ? null : until(durationMs),
    day: until(DAY_MS),
  };
}

function steadyPerS(devices: HubShare["load"]["devices"]): number {
  return devices.reduce(
    (sum, { sample, intervalMs }) =>
      sum + ((sample.sizes.length / sample.steps) * 1_000) / intervalMs,
    0,
  );
}

/** Weighted by what is sent: a device with two messages a step counts twice. */
function bytesOf(shares: readonly HubShare[]): MessageForecast["bytes"] {
  let count = 0;
  let total = 0;
  let max = 0;
  const seen = new Map<readonly number[], { readonly sum: number; readonly max: number }>();
  for (const { load } of shares) {
    for (const { sample } of load.devices) {
      const known = seen.get(sample.sizes) ?? {
        sum: sample.sizes.reduce((sum, size) => sum + size, 0),
        max: Math.max(0, ...sample.sizes),
      };
      seen.set(sample.sizes, known);
      count += sample.sizes.length;
      total += known.sum;
      max = Math.max(max, known.max);
    }
  }
  return count === 0 ? null : { mean: Math.round(total / count), max };
}
