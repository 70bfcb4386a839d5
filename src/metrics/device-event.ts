import type { FailureClass } from "../base/failure.ts";
import type { JsonObject } from "../base/json.ts";
import type { StopKind } from "../base/stop-kind.ts";
import type { DeviceState } from "./device-row.ts";

/** Something that happened to one device at `t` (ms since time 0). Single telemetry messages are not events: they are in the histograms. */
export type DeviceEvent =
  | {
      type: "state";
      t: number;
      deviceId: string;
      from: DeviceState;
      to: DeviceState;
      /** How the run stopped the device while it went on; absent = it did not. */
      how?: StopKind | undefined;
    }
  | {
      type: "registration";
      t: number;
      deviceId: string;
      hub: string;
      attempts: number;
      ms: number;
      phases: Readonly<Record<string, number>>;
    }
  | { type: "throttled"; t: number; deviceId: string; retryAfterMs: number }
  | {
      type: "connection";
      t: number;
      deviceId: string;
      hub: string;
      reconnect: boolean;
      ms: number;
      phases: Readonly<Record<string, number>>;
    }
  | {
      type: "disconnection";
      t: number;
      deviceId: string;
      hub: string;
      errorClass: FailureClass;
      error: string;
    }
  | {
      type: "desired";
      t: number;
      deviceId: string;
      version: number;
      /** True for the section read after a connect. */
      initial: boolean;
      patch: JsonObject;
    }
  | {
      /** A patch of desired properties was pushed and not applied. */
      type: "desiredDropped";
      t: number;
      deviceId: string;
      version: number;
      /** That version was pushed before, or it comes after newer ones. */
      why: "duplicate" | "outOfOrder";
    }
  | {
      /** Versions of desired properties were never pushed to the device. */
      type: "desiredMissed";
      t: number;
      deviceId: string;
      /** Both included. */
      from: number;
      to: number;
      /** A newer one that was pushed shows it, or a section that was read in their place. */
      learnt: "gap" | "read";
      /** Whether a section that was read brought what was in them. */
      healed: boolean;
    }
  | {
      type: "reported";
      t: number;
      deviceId: string;
      /** `$version` of the desired section that the device had applied. */
      desiredVersion: number;
      patch: JsonObject;
      /** From sending the patch to the hub's answer. */
      ms: number;
    }
  | {
      /** What the device takes its writable properties to be has changed; told where a run has an oracle. */
      type: "settled";
      t: number;
      deviceId: string;
      /** As the model's `settled` gives them; empty where it does not tell. */
      values: JsonObject;
    }
  | {
      type: "certificate";
      t: number;
      deviceId: string;
      /** A running device found a new one, cannot use it, or is connected with it. */
      state: "found" | "refused" | "inUse";
      /** SHA-1, 40 upper-case hex digits; absent where the file could not be read. */
      thumbprint?: string | undefined;
      /** ISO time. */
      validTo?: string | undefined;
      /** Why it is refused; the old one stays in use. */
      error?: string | undefined;
    }
  | {
      /** The device model tells something that happened in the device. */
      type: "model";
      t: number;
      deviceId: string;
      name: string;
      level: "info" | "warning";
      text: string;
      data?: JsonObject | undefined;
    }
  | {
      /** An alert of the scenario came on at the device, or went off. */
      type: "alert";
      t: number;
      deviceId: string;
      /** The alert's name. */
      alert: string;
      state: "raised" | "cleared";
      /** The value that was compared, as text; absent where none was. */
      reading?: string | undefined;
    }
  | {
      /** A fault of the scenario begins or ends at the device. */
      type: "fault";
      t: number;
      deviceId: string;
      kind: string;
      state: "begun" | "ended";
      parameters: JsonObject;
      /** When the timeline says so, as written; absent = by the device's own schedule. */
      at?: string | undefined;
    }
  | {
      /** The device got a cloud-to-device message, and acknowledged it. */
      type: "cloudMessage";
      t: number;
      deviceId: string;
      /** Absent where the sender gave none. */
      messageId?: string | undefined;
      /** Of its body. */
      bytes: number;
    }
  | { type: "method"; t: number; deviceId: string; method: string; status: number; ms: number }
  | {
      type: "error";
      t: number;
      deviceId: string;
      errorClass: FailureClass;
      error: string;
      code?: string | undefined;
      trackingId?: string | undefined;
      /** True where the device gave up for good. */
      final: boolean;
      /** The scenario expects that the device is refused in this way; absent = it does not. */
      expected?: true | undefined;
    };

/** One telemetry message as `--save-messages` keeps it. */
export interface SavedMessage {
  readonly deviceId: string;
  readonly boot: number;
  readonly seq: number;
  /** ISO time at which it was handed to the SDK. */
  readonly at: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly body: string;
}
