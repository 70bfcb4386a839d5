import type { HubLimits, HubTier } from "../../base/hub-tiers.ts";
import { HUB_TIERS, hubLimits, UNITS_MAX } from "../../base/hub-tiers.ts";
import type { HubLoad } from "./hub-load.ts";
import { quotaUsedUpMs, volumeUntil } from "./hub-load.ts";
import type { RateSeries } from "./rate-series.ts";
import { firstAboveMs, peakOf } from "./rate-series.ts";

/** What of a hub a fleet uses, by the names of its limits. */
export const HUB_USES = [
  "connectionsPerS",
  "telemetryPerS",
  "twinReadsPerS",
  "twinUpdatesPerS",
  "messagesPerDay",
  "devicesMax",
] as const satisfies readonly (keyof HubLimits)[];
export type HubUseName = (typeof HUB_USES)[number];

/** What is needed of one limit of a hub. */
export interface HubUse {
  readonly use: HubUseName;
  readonly needed: number;
  /** 0 = the tier has no such thing. */
  readonly allowed: number;
  /** When it is first exceeded, seconds after time 0; null = it is not. */
  readonly exceededAtS: number | null;
}

const DAY_MS = 86_400_000;

/** What a fleet needs of a tier, limit by limit. @param untilMs when it is stopped; the quota counts one day of it */
export function tierUses(
  load: HubLoad,
  { tier, units }: { readonly tier: HubTier; readonly units: number },
  untilMs: number,
): readonly HubUse[] {
  const limits = hubLimits(tier, units);
  const dayMs = Math.min(untilMs, DAY_MS);
  const { meterBytes, messagesPerDay, devicesMax } = limits;
  const use = (name: HubUseName, needed: number, exceededMs: number | undefined): HubUse => ({
    use: name,
    needed,
    allowed: limits[name],
    exceededAtS: exceededMs === undefined ? null : Math.round(exceededMs) / 1_000,
  });
  const rate = (name: Exclude<HubUseName, "messagesPerDay" | "devicesMax">): HubUse => {
    const series = seriesOf(load, name);
    return use(name, peakOf(series).perS, firstAboveMs(series, limits[name]));
  };
  const tooMany = load.devices
    .map(({ connectedMs }) => connectedMs)
    .toSorted((a, b) => a - b)
    .at(devicesMax);
  return [
    rate("connectionsPerS"),
    rate("telemetryPerS"),
    rate("twinReadsPerS"),
    rate("twinUpdatesPerS"),
    use(
      "messagesPerDay",
      volumeUntil(load, dayMs, meterBytes).metered,
      quotaUsedUpMs(load, messagesPerDay, dayMs, meterBytes),
    ),
    use("devicesMax", load.devices.length, tooMany),
  ];
}

/** A tier and what it takes for a fleet. */
export interface TierChoice {
  readonly tier: HubTier;
  /** The fewest units that do for each hub; null = no number of them does. */
  readonly units: number | null;
  /** Limits that the most units of it exceed, at any hub. */
  readonly exceeded: readonly HubUseName[];
}

/** For each tier the fewest units with which no hub exceeds a limit. @param untilMs when the fleet is stopped */
export function tierChoices(loads: readonly HubLoad[], untilMs: number): readonly TierChoice[] {
  return HUB_TIERS.map((tier): TierChoice => {
    const needs = loads.map((load) => tierUses(load, { tier, units: UNITS_MAX[tier] }, untilMs));
    const exceeded = HUB_USES.filter((name) =>
      needs.some((uses) =>
        uses.some(({ use, exceededAtS }) => use === name && exceededAtS !== null),
      ),
    );
    if (exceeded.length > 0) return { tier, units: null, exceeded };
    const does = (units: number): boolean => {
      const limits = hubLimits(tier, units);
      return needs.every((uses) => uses.every(({ use, needed }) => needed <= limits[use]));
    };
    const counts = Array.from({ length: UNITS_MAX[tier] }, (_, more) => more + 1);
    return { tier, units: counts.find(does) ?? null, exceeded: [] };
  });
}

function seriesOf(
  { connections, messages, twinReads, twinUpdates }: HubLoad,
  name: Exclude<HubUseName, "messagesPerDay" | "devicesMax">,
): RateSeries {
  switch (name) {
    case "connectionsPerS":
      return connections;
    case "telemetryPerS":
      return messages;
    case "twinReadsPerS":
      return twinReads;
    case "twinUpdatesPerS":
      return twinUpdates;
    default:
      return name satisfies never;
  }
}
