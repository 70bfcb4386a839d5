import type { HubTier } from "../../base/hub-tiers.ts";
import type { DpsForecast } from "./dps-forecast.ts";
import type { HubShare } from "./hub-shares.ts";
import type { HubUseName } from "./tier-use.ts";
import { tierUses } from "./tier-use.ts";

/** A limit that a run meets. */
export interface Throttling {
  readonly limit: "registrationsPerMinute" | HubUseName;
  /** null = DPS, or a hub that is not known yet. */
  readonly hub: string | null;
  readonly needed: number;
  readonly allowed: number;
  /** Seconds after time 0. */
  readonly atS: number;
}

/**
 * The limit that is met first; of several in one moment, that of DPS. Hubs let bursts pass for a while, so it is the
 * earliest moment.
 *
 * @param untilMs when the run ends; what comes later is not met
 * @returns null where none is met
 */
export function firstThrottled(
  dps: DpsForecast,
  shares: readonly HubShare[],
  tier: { readonly tier: HubTier; readonly units: number } | undefined,
  untilMs: number,
): Throttling | null {
  const { firstWaitS, limitApplies, mostInMinute, limitPerMinute } = dps;
  const atDps: readonly Throttling[] =
    firstWaitS === null || !limitApplies
      ? []
      : [
          {
            limit: "registrationsPerMinute",
            hub: null,
            needed: mostInMinute,
            allowed: limitPerMinute,
            atS: firstWaitS,
          },
        ];
  const atHubs =
    tier === undefined
      ? []
      : shares.flatMap(({ hub, load }) =>
          tierUses(load, tier, untilMs).flatMap(
            ({ use, needed, allowed, exceededAtS: atS }): Throttling[] =>
              atS === null ? [] : [{ limit: use, hub, needed, allowed, atS }],
          ),
        );
  const [first] = [...atDps, ...atHubs]
    .filter(({ atS }) => atS * 1_000 < untilMs)
    .toSorted((a, b) => a.atS - b.atS);
  return first ?? null;
}
