import type { EmulatorTier, HubLimits } from "../../base/hub-tiers.ts";

/** What of a tier's limits can be set in its place. */
export type TierLimits = Pick<
  HubLimits,
  | "registryOperationsPerS"
  | "connectionsPerS"
  | "telemetryPerS"
  | "commandsPerS"
  | "methodBytesPerS"
  | "queriesPerS"
  | "twinReadsPerS"
  | "twinUpdatesPerS"
  | "jobOperationsPerS"
  | "messagesPerDay"
  | "meterBytes"
>;

/** Which tier the emulated services have: how much they let through, and how much in a day. */
export interface TierOptions {
  /** Of each hub; with one DPS has its limits too. Default `none`: nothing is throttled. */
  readonly tier?: EmulatorTier | undefined;
  /** Of each hub: 1 for F1, 1 to 10 for S3 and B3, 1 to 200 for the others; default 1. Not without a tier. */
  readonly units?: number | undefined;
  /**
   * Registrations of devices that DPS takes in 60 s, also where no tier is set; default 1,000 with a tier, else no limit.
   * Integer, 1 to 1,000,000.
   */
  readonly dpsRegistrationsPerMinute?: number | undefined;
  /** In place of the tier's own, for all its units together; for tests that cannot wait for Azure's. Not without a tier. */
  readonly tierLimits?: { readonly [K in keyof TierLimits]?: number | undefined } | undefined;
}
