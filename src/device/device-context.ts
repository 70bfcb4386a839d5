import type { Logger } from "../base/log.ts";
import type { DeviceRecorder } from "../metrics/device-recorder.ts";
import type { ModelTime } from "../metrics/generator/model-time.ts";
import type { FileTexts } from "../model/model-files.ts";
import type { DeviceModel, RandomStream } from "../model/model.ts";
import type { DeviceSpec } from "../plan/plan.ts";
import type { Alert } from "./alerts.ts";
import type { DeviceLimits } from "./device-limits.ts";
import type { DeviceIdentity } from "./identity.ts";
import type { DeviceWay } from "../base/transport.ts";
import type { AttemptPace } from "./attempt-pace.ts";
import type { Slots } from "./slots.ts";

/** All that one device's life needs from outside; clock, randomness and limits are given. */
export interface DeviceContext {
  readonly spec: DeviceSpec;
  readonly worker: number;
  readonly boot: number;
  readonly model: DeviceModel;
  /** Gets the time that is spent in the model's code. */
  readonly modelTime: ModelTime;
  readonly provisioningHost: string;
  readonly idScope: string;
  readonly way: DeviceWay;
  /** Reads the device's identity, with the TLS context that all its connections share. @throws {FleetError} */
  readonly loadIdentity: () => Promise<DeviceIdentity>;
  readonly slots: Slots;
  readonly pace: AttemptPace;
  readonly recorder: DeviceRecorder;
  readonly saveMessages: boolean;
  /** Whether it listens to cloud-to-device messages. */
  readonly hearsMessages: boolean;
  readonly alerts: readonly Alert[];
  /** Seconds of the device's own time for each second of its interval, > 0. */
  readonly timeScale: number;
  /** ms since time 0, monotonic. */
  readonly clock: () => number;
  /** The wall clock. */
  readonly now: () => Date;
  /** The device's stream of that name. */
  readonly random: (stream: string) => RandomStream;
  /** Texts of the files that the settings of this shard's models name. */
  readonly files: FileTexts;
  readonly limits: DeviceLimits;
  /** Carries the device's id; a line a connection at debug, a line a message at trace. */
  readonly log: Logger;
  /** The device's row changed. */
  readonly onChange: () => void;
}
