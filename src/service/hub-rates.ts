import type { HubThrottles, HubTier } from "../base/hub-tiers.ts";
import { hubLimits, METHOD_BLOCK_BYTES } from "../base/hub-tiers.ts";
import type { ThrottlingState } from "./throttling-state.ts";

/** The throttles of a hub that calls of services count for. */
const THROTTLES = {
  /** Reads, updates and deletes of identities. */
  registry: "registryOperationsPerS",
  queries: "queriesPerS",
  twinReads: "twinReadsPerS",
  twinUpdates: "twinUpdatesPerS",
  /** Direct methods with a payload of one block, 4 KiB. */
  methods: "methodBytesPerS",
  /** Cloud-to-device messages. */
  commands: "commandsPerS",
} as const satisfies Record<string, keyof HubThrottles>;

/** A kind of call that a hub has a limit for. */
export type HubCallKind = keyof typeof THROTTLES;

/** Calls a second that one hub is asked for at most: Infinity = as many as it answers, 0 = the tier has none. */
export type HubRates = Readonly<Record<HubCallKind, number>>;

/** Of what a hub lets through; the rest is left to devices and to other services. */
const SHARE = 0.8;

/** @param limitOf what the hub lets through a second of a throttle; null = no limit */
function ratesBy(limitOf: (name: keyof HubThrottles) => number | null | undefined): HubRates {
  const rate = (kind: HubCallKind): number => {
    const perS = (limitOf(THROTTLES[kind]) ?? Infinity) * SHARE;
    return kind === "methods" ? perS / METHOD_BLOCK_BYTES : perS;
  };
  return {
    registry: rate("registry"),
    queries: rate("queries"),
    twinReads: rate("twinReads"),
    twinUpdates: rate("twinUpdates"),
    methods: rate("methods"),
    commands: rate("commands"),
  };
}

/**
 * What a hub of Azure can be asked for.
 *
 * @param units as `unitsProblem` lets pass
 */
export function tierRates(tier: HubTier, units: number): HubRates {
  const limits = hubLimits(tier, units);
  return ratesBy((name) => limits[name]);
}

/** What an emulator's hub can be asked for, by what it says of itself. */
export function emulatedRates(state: ThrottlingState, host: string): HubRates {
  return ratesBy((name) => state.hubs[host]?.throttles[name]?.perS);
}
