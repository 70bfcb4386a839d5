import type { DialRule } from "../base/dial.ts";
import type { FaultSpec } from "../base/fault-spec.ts";
import type { StopKind } from "../base/stop-kind.ts";
import type { Transport } from "../base/transport.ts";
import type { LogLevel } from "../base/log.ts";
import type { Phase } from "../metrics/phases.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { AlertSpec, DeviceSpec } from "../plan/plan.ts";

/** How devices reach the services: Azure's names, dialled elsewhere where told so. */
export interface Endpoints {
  readonly provisioningHost: string;
  /** "" where no device asks DPS. */
  readonly idScope: string;
  /** PEM text of the CAs to trust in place of Node's own; undefined = Node's own. */
  readonly caPem?: string | undefined;
  /** curl's `--connect-to`: dial there, keep the name for SNI and checks. */
  readonly connectTo: readonly DialRule[];
  readonly transport: Transport;
}

/** One worker's part of the plan. */
export interface ShardStart {
  /** Stands in every log line. */
  readonly runId: string;
  readonly worker: number;
  readonly boot: number;
  readonly seed: number;
  readonly devices: readonly DeviceSpec[];
  readonly alerts: readonly AlertSpec[];
  readonly phases: readonly Phase[];
  /** Seconds of the devices' own time for each second of their intervals, > 0. */
  readonly timeScale: number;
  /** This shard's share of the fleet's concurrency; undefined = no bound. */
  readonly concurrency?: number | undefined;
  /** This shard's share of the attempts to connect that the whole fleet may make a second, > 0; undefined = no limit. */
  readonly attemptsPerS?: number | undefined;
  /** A device that boots again within this worker goes to the hub that it had; absent = it registers at every boot. */
  readonly cachesAssignments?: boolean | undefined;
  /** Devices listen to cloud-to-device messages. */
  readonly hearsMessages?: boolean | undefined;
  readonly certsDir: string;
  /** Absolute; what files that settings of models name are relative to. */
  readonly modelsDir: string;
  readonly endpoints: Endpoints;
  readonly saveMessages: boolean;
  /** With each snapshot devices tell what they take their properties to be, where that has changed; absent = no. */
  readonly tellsSettled?: boolean | undefined;
  readonly snapshotIntervalMs: number;
  readonly logLevel: LogLevel;
}

/** A device that is off or whose plan has no time for it, and when it is due, ms after time 0. */
export interface DeviceStart {
  readonly registrationId: string;
  readonly dueMs: number;
}

/** What devices are told while the run goes on; sent after `begin`. Ids of other workers' devices are passed over. */
export type DeviceCommand =
  /** These are due: those that have no time of their own, and those that are off, which boot again. */
  | { readonly type: "startDevices"; readonly starts: readonly DeviceStart[] }
  /** Those of these that are not due yet have no time any more, until they are told another. */
  | { readonly type: "holdStarts"; readonly registrationIds: readonly string[] }
  /** These go off, those that are not due yet too, and stay so until they are started. */
  | {
      readonly type: "stopDevices";
      readonly registrationIds: readonly string[];
      readonly how: StopKind;
    }
  /** These have another fault, beside those of the plan. */
  | {
      readonly type: "deviceFault";
      readonly registrationIds: readonly string[];
      readonly fault: FaultSpec;
    }
  /** These have another telemetry interval, from their next message on. */
  | {
      readonly type: "retune";
      readonly registrationIds: readonly string[];
      readonly intervalMs: number;
    };

/** Supervisor to worker. */
export type WorkerCommand =
  | { readonly type: "start"; readonly shard: ShardStart }
  /** Time 0 of the run as ms since 1970; sent when every worker is ready. */
  | { readonly type: "begin"; readonly timeZeroMs: number }
  | DeviceCommand
  /** The files of these devices' identities have changed. */
  | { readonly type: "identitiesChanged"; readonly registrationIds: readonly string[] }
  /** Stop every device in order, send the last snapshot, then `stopped`. */
  | { readonly type: "stop" };

/** Worker to supervisor. */
export type WorkerEvent =
  /** The models are loaded; an identity is read when its device starts. */
  | { readonly type: "ready" }
  | { readonly type: "snapshot"; readonly snapshot: Snapshot }
  | { readonly type: "stopped" }
  /** The shard cannot run at all; the worker leaves by itself. */
  | {
      readonly type: "failed";
      readonly code: string;
      readonly message: string;
      readonly hint?: string | undefined;
      readonly problems: readonly {
        readonly place: string;
        readonly message: string;
        readonly hint?: string | undefined;
      }[];
    };
