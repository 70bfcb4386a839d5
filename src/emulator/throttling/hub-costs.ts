import { METHOD_BLOCK_BYTES } from "../../base/hub-tiers.ts";
import type { Operation } from "../operations/operation.ts";
import type { OPERATIONS, OperationKind } from "../../base/service-operations.ts";
import type { TierLimits } from "./tier-options.ts";

/** The throttles that an operation of a client can meet. */
export type ThrottleName = Exclude<keyof TierLimits, "messagesPerDay" | "meterBytes">;

/** What can be asked of a hub. */
type HubOperation = {
  [K in OperationKind]: (typeof OPERATIONS)[K]["service"] extends "hub" ? K : never;
}[OperationKind];

/** What Azure says of an operation. */
export interface HubCosts {
  /** The throttle that it counts for; undefined where it has none. */
  readonly throttle: ThrottleName | undefined;
  /** What it is charged for on the daily quota: nothing, the size of what is asked, of the answer, or each by itself. */
  readonly charge: "free" | "asked" | "answer" | "both";
  /** Whether the basic tiers have it. */
  readonly isBasic: boolean;
}

/**
 * Sources: Microsoft Learn, "Reference - IoT Hub quotas and throttling", operation throttles; "IoT Hub pricing
 * information", charges per operation; "Choose the right IoT Hub tier for your solution", feature comparison.
 */
const HUB_COSTS: Readonly<Record<HubOperation, HubCosts>> = {
  connectDevice: { throttle: "connectionsPerS", charge: "free", isBasic: true },
  sendTelemetry: { throttle: "telemetryPerS", charge: "asked", isBasic: true },
  readOwnTwin: { throttle: "twinReadsPerS", charge: "answer", isBasic: false },
  updateReported: { throttle: "twinUpdatesPerS", charge: "asked", isBasic: false },
  readTwin: { throttle: "twinReadsPerS", charge: "answer", isBasic: false },
  updateTwin: { throttle: "twinUpdatesPerS", charge: "asked", isBasic: false },
  invokeMethod: { throttle: "methodBytesPerS", charge: "both", isBasic: false },
  sendCommand: { throttle: "commandsPerS", charge: "asked", isBasic: false },
  purgeCommands: { throttle: undefined, charge: "free", isBasic: false },
  readIdentity: { throttle: "registryOperationsPerS", charge: "free", isBasic: true },
  writeIdentity: { throttle: "registryOperationsPerS", charge: "free", isBasic: true },
  queryTwins: { throttle: "queriesPerS", charge: "answer", isBasic: true },
  createJob: { throttle: "jobOperationsPerS", charge: "free", isBasic: false },
  readJob: { throttle: "jobOperationsPerS", charge: "free", isBasic: false },
  listJobs: { throttle: "jobOperationsPerS", charge: "free", isBasic: false },
  cancelJob: { throttle: "jobOperationsPerS", charge: "free", isBasic: false },
};

const BY_KIND: Readonly<Partial<Record<OperationKind, HubCosts>>> = HUB_COSTS;

/** What an operation costs; undefined for those of other services. */
export const costsOf = (kind: OperationKind): HubCosts | undefined => BY_KIND[kind];

/** Whether an operation counts as messages of a hub's daily quota. */
export const isCharged = (kind: OperationKind): boolean =>
  (costsOf(kind)?.charge ?? "free") !== "free";

/** What an operation counts on its throttle: direct methods in bytes of whole blocks, all else by number. */
export function costOn(throttle: ThrottleName, { bytes, count }: Operation): number {
  return throttle === "methodBytesPerS"
    ? Math.max(1, Math.ceil(bytes / METHOD_BLOCK_BYTES)) * METHOD_BLOCK_BYTES
    : count;
}

/** Something for each throttle that an operation of a client can meet. */
export function forEachThrottle<T>(
  of: (name: ThrottleName) => T,
): Readonly<Record<ThrottleName, T>> {
  return {
    registryOperationsPerS: of("registryOperationsPerS"),
    connectionsPerS: of("connectionsPerS"),
    telemetryPerS: of("telemetryPerS"),
    commandsPerS: of("commandsPerS"),
    methodBytesPerS: of("methodBytesPerS"),
    queriesPerS: of("queriesPerS"),
    twinReadsPerS: of("twinReadsPerS"),
    twinUpdatesPerS: of("twinUpdatesPerS"),
    jobOperationsPerS: of("jobOperationsPerS"),
  };
}
