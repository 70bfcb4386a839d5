/**
 * What Azure allows, stated once. Sources: Microsoft Learn, "IoT Hub quotas and throttling", "Azure IoT Hub Device
 * Provisioning Service limits" (azure-subscription-service-limits), "Understand and use device twins in IoT Hub".
 */

/** Throttles of one hub with `units` units, per second over the whole hub, and its daily quota. */
export interface HubLimits {
  readonly connectionsPerS: number;
  readonly telemetryPerS: number;
  readonly twinReadsPerS: number;
  readonly twinUpdatesPerS: number;
  readonly registryOperationsPerS: number;
  readonly messagesPerDay: number;
  /** A message counts once for every begun block of this many bytes. */
  readonly meterBytes: number;
}

export const HUB_TIERS = ["F1", "S1", "S2", "S3"] as const;
export type HubTier = (typeof HUB_TIERS)[number];

/** Source: "IoT Hub quotas and throttling", table of operation throttles; quotas from the pricing page. */
export function hubLimits(tier: HubTier, units: number): HubLimits {
  switch (tier) {
    case "F1":
      return { ...smallHub(1), messagesPerDay: 8_000, meterBytes: 512 };
    case "S1":
      return { ...smallHub(units), messagesPerDay: 400_000 * units, meterBytes: 4_096 };
    case "S2":
      return {
        connectionsPerS: 120 * units,
        telemetryPerS: 120 * units,
        twinReadsPerS: Math.max(100, 10 * units),
        twinUpdatesPerS: Math.max(50, 5 * units),
        registryOperationsPerS: (100 * units) / 60,
        messagesPerDay: 6_000_000 * units,
        meterBytes: 4_096,
      };
    case "S3":
      return {
        connectionsPerS: 6_000 * units,
        telemetryPerS: 6_000 * units,
        twinReadsPerS: 500 * units,
        twinUpdatesPerS: 250 * units,
        registryOperationsPerS: (5_000 * units) / 60,
        messagesPerDay: 300_000_000 * units,
        meterBytes: 4_096,
      };
    default:
      return tier satisfies never;
  }
}

function smallHub(units: number): Omit<HubLimits, "messagesPerDay" | "meterBytes"> {
  return {
    connectionsPerS: Math.max(100, 12 * units),
    telemetryPerS: Math.max(100, 12 * units),
    twinReadsPerS: 100,
    twinUpdatesPerS: 50,
    registryOperationsPerS: (100 * units) / 60,
  };
}

/** Of one DPS instance. */
export const DPS_LIMITS = {
  registrationsPerMinute: 1_000,
  serviceOperationsPerMinute: 1_000,
  pollsPer10S: 5,
  registrationRecords: 1_000_000,
  x509EnrollmentGroups: 100,
  linkedHubs: 50,
  messageBytes: 96 * 1_024,
} as const;

export const TWIN_LIMITS = {
  desiredBytes: 32 * 1_024,
  reportedBytes: 32 * 1_024,
  tagsBytes: 8 * 1_024,
  stringBytes: 4 * 1_024,
  keyBytes: 1_024,
  depth: 10,
} as const;

/**
 * A registration id has up to 128 characters, but with X.509 it is the common name of the leaf, which RFC 5280 (A.1,
 * `ub-common-name`) ends at 64. Characters: "Device Provisioning Service concepts", registration ID.
 */
export const REGISTRATION_ID_MAX_LENGTH = 64;
export const REGISTRATION_ID_PATTERN = /^[A-Za-z0-9._:-]*[A-Za-z0-9-]$/;
