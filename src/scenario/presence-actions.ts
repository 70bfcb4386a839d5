import { z } from "zod";
import type { StopKind } from "../base/stop-kind.ts";
import { STOP_KINDS } from "../base/stop-kind.ts";
import { parseDuration, parseRate, RATE_PATTERN } from "../base/units.ts";
import type { DeviceSelection } from "./devices-field.ts";
import { devicesField, toSelection } from "./devices-field.ts";
import { durationField, enumField, positiveDurationField, textField } from "./fields.ts";

/** Devices leave. */
export interface StopAction {
  readonly kind: "stop";
  readonly devices: DeviceSelection;
  readonly how: StopKind;
  /** They are started again so long after that, ms > 0; undefined = they stay off. */
  readonly forMs?: number | undefined;
}

/** Devices that are off come back. */
export interface StartAction {
  readonly kind: "start";
  readonly devices: DeviceSelection;
  /** Spread evenly over so long, ms >= 0. */
  readonly overMs: number;
}

/** Devices leave and come back, one by one, all the time. */
export interface ChurnAction {
  readonly kind: "churn";
  readonly devices: DeviceSelection;
  readonly how: StopKind;
  /** How many leave in a second, > 0. */
  readonly ratePerS: number;
  /** How long each is off, ms > 0. */
  readonly awayMs: number;
  /** For how long some leave, ms > 0; undefined = to the end. */
  readonly forMs?: number | undefined;
}

const how = enumField(STOP_KINDS).default("inOrder").meta({
  description: "inOrder: a DISCONNECT when all is acknowledged; powerCut: gone without a word",
});

const rate = textField(
  "a rate above 0 such as 5/s or 30/m",
  (text) => (parseRate(text) ?? 0) > 0,
  RATE_PATTERN,
);

/** The members of a timeline entry by which devices leave and come back. */
export const presenceFields = {
  stop: z
    .strictObject({
      devices: devicesField.meta({ description: "Devices that leave" }),
      how,
      for: positiveDurationField.optional().meta({
        description: "They are started again so long after that; absent = they stay off",
      }),
    })
    .optional()
    .meta({ description: "Switch devices off" }),
  start: z
    .strictObject({
      devices: devicesField.meta({ description: "Devices that boot, those of them that are off" }),
      over: durationField.default("0s").meta({ description: "Spread evenly over so long" }),
    })
    .optional()
    .meta({ description: "Switch devices on again" }),
  churn: z
    .strictObject({
      devices: devicesField.meta({ description: "Devices of which some leave, drawn at random" }),
      rate: rate.meta({ description: "How many leave in a second, minute or hour" }),
      away: positiveDurationField.meta({ description: "How long each of them is off" }),
      for: positiveDurationField.optional().meta({
        description: "For how long some leave; absent = to the end",
      }),
      how,
    })
    .optional()
    .meta({ description: "Devices leave and come back all the time" }),
};

const presence = z.object(presenceFields);

/** The action of a checked entry; undefined where it has none of these. */
export function toPresenceAction({
  stop,
  start,
  churn,
}: z.output<typeof presence>): StopAction | StartAction | ChurnAction | undefined {
  if (stop !== undefined) {
    const devices = toSelection(stop.devices);
    return { kind: "stop", devices, how: stop.how, ...lasting(stop.for) };
  }
  if (start !== undefined) {
    const overMs = parseDuration(start.over) ?? 0;
    return { kind: "start", devices: toSelection(start.devices), overMs };
  }
  if (churn === undefined) return undefined;
  const ratePerS = parseRate(churn.rate) ?? 0;
  const awayMs = parseDuration(churn.away) ?? 0;
  const devices = toSelection(churn.devices);
  return { kind: "churn", devices, how: churn.how, ratePerS, awayMs, ...lasting(churn.for) };
}

const lasting = (written: string | undefined): { readonly forMs?: number } =>
  written === undefined ? {} : { forMs: parseDuration(written) ?? 0 };
