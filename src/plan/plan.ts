import type { CertificateSpec } from "../base/certificate-spec.ts";
import type { ConnectionRules } from "../base/connection-rules.ts";
import type { RefusalClass } from "../base/failure.ts";
import type { FaultSpec } from "../base/fault-spec.ts";
import type { JsonObject } from "../base/json.ts";
import type { SecretRef } from "../base/secret-ref.ts";
import type { AbortRule } from "../metrics/abort-watch.ts";
import type { Phase } from "../metrics/phases.ts";
import type { AdaptiveArrival } from "../scenario/arrival-section.ts";
import type { OracleSettings } from "../scenario/oracle-section.ts";
import type { AlertSpec } from "../scenario/scenario.ts";
import type { PlannedAction } from "./planned-action.ts";

export type { AdaptiveArrival, AlertSpec, OracleSettings };

/** A key that signs the device's tokens. */
export interface SymmetricKeySpec {
  readonly format: "symmetricKey";
  readonly key: SecretRef;
  /** Whose key it is: that of the enrollment group, which the device's own is derived from, or the device's own. */
  readonly scope: "group" | "individual";
  /** How long a token for the hub holds, in whole seconds >= 2; it is renewed after three quarters of that. */
  readonly tokenLifetimeS: number;
}

/** The device's own key, out of its line in a file of connection strings. */
export interface ConnectionStringSpec {
  readonly format: "connectionString";
  /** Absolute. */
  readonly file: string;
  readonly tokenLifetimeS: number;
}

/** What a device shows the services, and where that is; never the secret itself. */
export type CredentialSpec = CertificateSpec | SymmetricKeySpec | ConnectionStringSpec;

/** The environment variable in which the workers get a group key that the run has made. */
export const MADE_GROUP_KEY = "DPS_FLEET_MADE_GROUP_KEY";

/** How long a token holds whose scenario does not say, in seconds: the SDK's own. */
export const TOKEN_LIFETIME_S = 3_600;

/** Where a device belongs, as DPS said in an earlier life of it. */
export interface KeptAssignment {
  /** Host name. */
  readonly hub: string;
  readonly deviceId: string;
}

/** One device of the fleet, complete: a worker needs nothing else about it. */
export interface DeviceSpec {
  /** Position in the fleet, from 0. */
  readonly index: number;
  readonly registrationId: string;
  /** Host name of the hub that it connects to as it is; undefined = DPS says where. */
  readonly hub?: string | undefined;
  /** Where it begins: at the hub that it had; DPS is asked when that does not know it any more. Absent = it asks DPS. */
  readonly assignment?: KeptAssignment | undefined;
  /** Number of its first message, where it had sent others before; absent = 1. */
  readonly firstSeq?: number | undefined;
  /** Name of a shipped model, or the path of a module. */
  readonly model: string;
  readonly settings: JsonObject;
  readonly credentials: CredentialSpec;
  /** `jitter` is a fraction of the interval, 0 to 1. */
  readonly telemetry: { readonly intervalMs: number; readonly jitter: number };
  /** How it connects and comes back; absent = as shipped. */
  readonly connection?: ConnectionRules | undefined;
  /** What goes wrong with it, and when; absent = nothing. */
  readonly faults?: readonly FaultSpec[] | undefined;
  /** Class with which services must refuse it; absent = it is to be let in. */
  readonly expectedRefusal?: RefusalClass | undefined;
  /** When the device is due to start, ms after time 0; null = the run says so while it goes on. */
  readonly startMs: number | null;
}

/** Everything that a run will do, as pure data computed before anything is sent. */
export interface Plan {
  readonly scenario: string;
  readonly seed: number;
  readonly target: "emulator" | "azure";
  readonly devices: readonly DeviceSpec[];
  /** How the run finds out when devices are due; undefined = each has its time. */
  readonly adaptive?: AdaptiveArrival | undefined;
  /** When the last device is due, ms after time 0; null = nobody knows before. */
  readonly arrivalEndMs: number | null;
  /** From time 0, arrival included; undefined = until stopped. */
  readonly durationMs: number | undefined;
  /** Seconds of the devices' own time for each second of their intervals. */
  readonly timeScale: number;
  /** Devices of the whole fleet that may have a handshake or a request under way; undefined = no bound. */
  readonly concurrency: number | undefined;
  /** Attempts to connect, to DPS or a hub, that the whole fleet may make a second, > 0; absent = no limit. */
  readonly attemptsPerS?: number | undefined;
  /** A device that boots again goes to the hub that it had; false or absent = it registers at every boot. */
  readonly cachesAssignments?: boolean | undefined;
  /** Devices listen to cloud-to-device messages; false or absent = they do not. */
  readonly hearsMessages?: boolean | undefined;
  /** But for faults that devices have by their own plan. */
  readonly timeline: readonly PlannedAction[];
  /** How the sides of twins are compared; absent = not at all. */
  readonly oracle?: OracleSettings | undefined;
  readonly alerts: readonly AlertSpec[];
  /** Named spans of the run, by the time at which they begin. */
  readonly phases: readonly Phase[];
  /** Threshold expressions, parsed by `metrics/thresholds`. */
  readonly thresholds: readonly string[];
  /** Those of them that end the run as soon as they fail. */
  readonly aborts: readonly AbortRule[];
}
