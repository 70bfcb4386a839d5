import type { FailureClass, RefusalClass } from "../base/failure.ts";

/** The states of a device's life that users see. */
export const DEVICE_STATES = [
  "waiting",
  "registering",
  "assigned",
  "connecting",
  "streaming",
  "reconnecting",
  "failed",
  "stopped",
] as const;

export type DeviceState = (typeof DEVICE_STATES)[number];

/** Whether a device in that state is off: failed for good or stopped, unless it is started again. */
export const isOff = (state: DeviceState | undefined): boolean =>
  state === "failed" || state === "stopped";

/** How many devices are in which state before there are any. */
export const NO_DEVICES: Readonly<Record<DeviceState, number>> = {
  waiting: 0,
  registering: 0,
  assigned: 0,
  connecting: 0,
  streaming: 0,
  reconnecting: 0,
  failed: 0,
  stopped: 0,
};

/** Inclusive runs of sequence numbers, ascending and disjoint: `[[1, 36], [38, 40]]`. */
export type SeqRanges = readonly (readonly [first: number, last: number])[];

/** A device as it is known before any worker has told of it. */
export interface PlannedDevice {
  readonly registrationId: string;
  /** Name of its device model. */
  readonly model: string;
  /** Class with which services must refuse it; absent = it is to be let in. */
  readonly expectedRefusal?: RefusalClass | undefined;
}

/** All that is known of one device; a row of `devices.csv`. A later row of the same (device, boot) replaces the earlier one. */
export interface DeviceRow {
  readonly registrationId: string;
  /** Name of its device model. */
  readonly model: string;
  /** "" until assigned. */
  readonly deviceId: string;
  /** Host name of the assigned hub; "" until assigned. */
  readonly hub: string;
  readonly state: DeviceState;
  /** Life of the device's worker: 1, and one more at each restart. */
  readonly boot: number;
  readonly worker: number;
  /** Registration attempts, throttled repeats included. */
  readonly attempts: number;
  /** From the moment the registration was due; null until assigned. */
  readonly registrationMs: number | null;
  /** From assigned to connected (CONNACK, twin applied, methods subscribed); null until connected once. */
  readonly connectionMs: number | null;
  readonly reconnects: number;
  /** Number of the first message of this boot, where that is not 1. */
  readonly firstSeq?: number | undefined;
  /** Messages of this boot: sent = acked + failed + unacked. */
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
  /** Sequence numbers of this boot that the hub acknowledged. */
  readonly ackedSeqs: SeqRanges;
  /** Sequence numbers of this boot that were given up. What was sent and is in neither is unacknowledged. */
  readonly failedSeqs: SeqRanges;
  /** Whether the device ever reached these states in this boot. */
  readonly wasAssigned: boolean;
  readonly wasConnected: boolean;
  /** Whether it is connected and sends; of a device that was switched off because the run was over, whether it was until then. */
  readonly isUp: boolean;
  readonly errorClass: FailureClass | null;
  readonly error: string | null;
  /** Class with which services must refuse the device; absent = it is to be let in. The run adds it, no worker tells it. */
  readonly expectedRefusal?: RefusalClass | undefined;
}

/** The row of a device before anything is known of it. */
export function unheardOf({ registrationId, model, expectedRefusal }: PlannedDevice): DeviceRow {
  return {
    registrationId,
    model,
    ...(expectedRefusal === undefined ? {} : { expectedRefusal }),
    deviceId: "",
    hub: "",
    state: "waiting",
    boot: 1,
    worker: 0,
    attempts: 0,
    registrationMs: null,
    connectionMs: null,
    reconnects: 0,
    sent: 0,
    acked: 0,
    failed: 0,
    ackedSeqs: [],
    failedSeqs: [],
    wasAssigned: false,
    wasConnected: false,
    isUp: false,
    errorClass: null,
    error: null,
  };
}
