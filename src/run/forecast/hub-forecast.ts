import type { HubTier } from "../../base/hub-tiers.ts";
import type { HubShare } from "./hub-shares.ts";
import { peakOf } from "./rate-series.ts";
import type { HubUse } from "./tier-use.ts";
import { tierUses } from "./tier-use.ts";

/** What a hub has to carry. Rates are those of its fastest second. */
export interface HubForecast {
  /** Host name; null = not known before DPS has assigned it. */
  readonly hub: string | null;
  /** Whether the share of the fleet is a guess. */
  readonly assumed: boolean;
  /** Devices, all connected at once in the end. */
  readonly devices: number;
  readonly connectionsPerS: number;
  readonly telemetryPerS: number;
  readonly twinReadsPerS: number;
  readonly twinUpdatesPerS: number;
  /** Held against the limits of the tier; null = none is known. */
  readonly uses: readonly HubUse[] | null;
}

/** @param untilMs when the run ends, ms after time 0; Infinity = it is stopped some day */
export function hubForecast(
  { hub, assumed, load }: HubShare,
  tier: { readonly tier: HubTier; readonly units: number } | undefined,
  untilMs: number,
): HubForecast {
  return {
    hub,
    assumed,
    devices: load.devices.length,
    connectionsPerS: peakOf(load.connections).perS,
    telemetryPerS: peakOf(load.messages).perS,
    twinReadsPerS: peakOf(load.twinReads).perS,
    twinUpdatesPerS: peakOf(load.twinUpdates).perS,
    uses: tier === undefined ? null : tierUses(load, tier, untilMs),
  };
}
