import { showValue } from "./show-value.ts";

/** Sizes of an IoT Hub: the free one, basic and standard ones. */
export const HUB_TIERS = ["F1", "B1", "B2", "B3", "S1", "S2", "S3"] as const;
export type HubTier = (typeof HUB_TIERS)[number];

/** The same for an emulated hub, which need not have one: then nothing is throttled. */
export const EMULATOR_TIERS = ["none", ...HUB_TIERS] as const;
export type EmulatorTier = (typeof EMULATOR_TIERS)[number];

/** Rates over the whole hub, all its units together; 0 where the tier has no such operation. */
export interface HubThrottles {
  /** Creates, reads, updates and deletes of identities. */
  readonly registryOperationsPerS: number;
  readonly connectionsPerS: number;
  /** Device-to-cloud messages, whatever their size. */
  readonly telemetryPerS: number;
  /** Cloud-to-device messages that services send. */
  readonly commandsPerS: number;
  /** Cloud-to-device messages that devices fetch over HTTPS. */
  readonly commandReceivesPerS: number;
  readonly fileUploadsPerS: number;
  /** Of requests, each counted in whole blocks of {@link METHOD_BLOCK_BYTES}. */
  readonly methodBytesPerS: number;
  readonly queriesPerS: number;
  readonly twinReadsPerS: number;
  readonly twinUpdatesPerS: number;
  /** Creates, reads, lists and cancels of jobs. */
  readonly jobOperationsPerS: number;
  /** Devices on which jobs begin. */
  readonly jobDevicesPerS: number;
  /** Calls about IoT Edge and automatic device configurations. */
  readonly configurationsPerS: number;
  readonly deviceStreamsPerS: number;
}

/** What one hub may do: its throttles, its daily quota, and what it may hold. */
export interface HubLimits extends HubThrottles {
  readonly messagesPerDay: number;
  /** A message counts once for every begun block of this many bytes. */
  readonly meterBytes: number;
  /** Twin and method jobs that are due and not ended. */
  readonly jobsMaxActive: number;
  readonly devicesMax: number;
  /** Endpoints, routes and enrichments of one's own. */
  readonly routingEndpointsMax: number;
  readonly routesMax: number;
  readonly enrichmentsMax: number;
  /** Device streams at a time, and what they may carry in a day. */
  readonly deviceStreamsMax: number;
  readonly deviceStreamBytesPerDay: number;
}

/** What the throttle of direct methods counts in. */
export const METHOD_BLOCK_BYTES = 4 * 1_024;

/** The most units that a hub of a tier may have. */
export const UNITS_MAX: Readonly<Record<HubTier, number>> = {
  F1: 1,
  B1: 200,
  B2: 200,
  B3: 10,
  S1: 200,
  S2: 200,
  S3: 10,
};

/** So much a second for each unit, and no less than `least`. */
interface Rate {
  readonly perUnit: number;
  readonly least: number;
}

const perS = (perUnit: number): Rate => ({ perUnit, least: 0 });
const perMinute = (perUnit: number): Rate => perS(perUnit / 60);
const greaterOf = (least: number, perUnit: number): Rate => ({ perUnit, least });
/** However many units there are. */
const inAll = (least: number): Rate => ({ perUnit: 0, least });

/**
 * For tiers 1 (the free one among them), 2 and 3.
 * Source: Microsoft Learn, "Reference - IoT Hub quotas and throttling", operation throttles.
 */
const RATES: Readonly<Record<keyof HubThrottles, readonly [Rate, Rate, Rate]>> = {
  registryOperationsPerS: [perMinute(100), perMinute(100), perMinute(5_000)],
  connectionsPerS: [greaterOf(100, 12), perS(120), perS(6_000)],
  telemetryPerS: [greaterOf(100, 12), perS(120), perS(6_000)],
  commandsPerS: [perMinute(100), perMinute(100), perMinute(5_000)],
  commandReceivesPerS: [perMinute(1_000), perMinute(1_000), perMinute(50_000)],
  fileUploadsPerS: [perMinute(100), perMinute(100), perMinute(5_000)],
  methodBytesPerS: [perS(160 * 1_024), perS(480 * 1_024), perS(24 * 1_024 * 1_024)],
  queriesPerS: [perMinute(20), perMinute(20), perMinute(1_000)],
  twinReadsPerS: [inAll(100), greaterOf(100, 10), perS(500)],
  twinUpdatesPerS: [inAll(50), greaterOf(50, 5), perS(250)],
  jobOperationsPerS: [perMinute(100), perMinute(100), perMinute(5_000)],
  jobDevicesPerS: [inAll(10), greaterOf(10, 1), perS(50)],
  configurationsPerS: [perMinute(20), perMinute(20), perMinute(20)],
  deviceStreamsPerS: [inAll(5), inAll(5), inAll(5)],
};

/** Source: the same page, note on the basic tiers; "Choose the right IoT Hub tier for your solution". */
const NOT_IN_BASIC: ReadonlySet<string> = new Set<keyof HubThrottles>([
  "commandsPerS",
  "commandReceivesPerS",
  "methodBytesPerS",
  "twinReadsPerS",
  "twinUpdatesPerS",
  "jobOperationsPerS",
  "jobDevicesPerS",
  "configurationsPerS",
  "deviceStreamsPerS",
]);

/** By tier 1, 2 and 3, for each unit. Source: the pricing page of Azure IoT Hub. */
const MESSAGES_PER_DAY = [400_000, 6_000_000, 300_000_000] as const;
/** Source: "Reference - IoT Hub quotas and throttling", other limits. */
const JOBS_MAX_ACTIVE = [1, 5, 10] as const;

const COLUMNS = { F1: 0, B1: 0, S1: 0, B2: 1, S2: 1, B3: 2, S3: 2 } as const;

export const isBasic = (tier: HubTier): boolean => tier.startsWith("B");

/**
 * What Azure allows a hub.
 *
 * @param units as `unitsProblem` lets pass
 */
export function hubLimits(tier: HubTier, units: number): HubLimits {
  const column = COLUMNS[tier];
  const isFree = tier === "F1";
  const rateOf = (name: keyof HubThrottles): number => {
    if (isBasic(tier) && NOT_IN_BASIC.has(name)) return 0;
    const { perUnit, least } = RATES[name][column];
    return Math.max(least, perUnit * units);
  };
  return {
    registryOperationsPerS: rateOf("registryOperationsPerS"),
    connectionsPerS: rateOf("connectionsPerS"),
    telemetryPerS: rateOf("telemetryPerS"),
    commandsPerS: rateOf("commandsPerS"),
    commandReceivesPerS: rateOf("commandReceivesPerS"),
    fileUploadsPerS: rateOf("fileUploadsPerS"),
    methodBytesPerS: rateOf("methodBytesPerS"),
    queriesPerS: rateOf("queriesPerS"),
    twinReadsPerS: rateOf("twinReadsPerS"),
    twinUpdatesPerS: rateOf("twinUpdatesPerS"),
    jobOperationsPerS: rateOf("jobOperationsPerS"),
    jobDevicesPerS: rateOf("jobDevicesPerS"),
    configurationsPerS: rateOf("configurationsPerS"),
    deviceStreamsPerS: rateOf("deviceStreamsPerS"),
    messagesPerDay: isFree ? 8_000 : MESSAGES_PER_DAY[column] * units,
    meterBytes: isFree ? 512 : 4_096,
    jobsMaxActive: JOBS_MAX_ACTIVE[column],
    devicesMax: isFree ? 500 : 1_000_000,
    routingEndpointsMax: isFree ? 1 : 10,
    routesMax: isFree ? 5 : 100,
    enrichmentsMax: isFree ? 2 : 10,
    deviceStreamsMax: isBasic(tier) ? 0 : 50,
    deviceStreamBytesPerDay: isBasic(tier) ? 0 : 300 * 1_024 * 1_024,
  };
}

/**
 * What is wrong with so many units of a tier.
 *
 * @param units undefined where none are given: that is one unit
 * @returns undefined where nothing is
 */
export function unitsProblem(tier: EmulatorTier, units: number | undefined): string | undefined {
  if (units === undefined) return undefined;
  if (tier === "none") return `expected a tier such as S1 with units, got tier none`;
  const most = UNITS_MAX[tier];
  if (Number.isInteger(units) && units >= 1 && units <= most) return undefined;
  const expected = most === 1 ? "1 unit" : `1 to ${most} units`;
  return `expected ${expected} of ${tier}, got ${showValue(units)}`;
}
