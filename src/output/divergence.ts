import type { Json } from "../base/json.ts";
import type { DeviceState } from "../metrics/device-row.ts";

/**
 * How a desired property and its device are at odds:
 * - `notFollowed`: the device does not have it, and reports what it has, or nothing
 * - `wronglyReported`: the device has it, and reports another value
 * - `onlyReported`: the device reports it, and has another value
 * - `refused`: it is acknowledged with a code other than 200 to 299
 */
export const DIVERGENCE_KINDS = [
  "notFollowed",
  "wronglyReported",
  "onlyReported",
  "refused",
] as const;
export type DivergenceKind = (typeof DIVERGENCE_KINDS)[number];

/** What one look, or several equal ones, saw of a property. */
export interface DivergenceLook {
  /** Of the first and the last of them, ms after time 0. */
  readonly t: number;
  readonly untilT: number;
  /** `$version` of the desired section. */
  readonly version: number;
  readonly desired: Json;
  /** Of an acknowledgment the value; absent = it is not reported. */
  readonly reported?: Json | undefined;
  readonly ac?: number | undefined;
  /** What the device takes it to be; absent = it does not say. */
  readonly inner?: Json | undefined;
  /** What the device was doing. */
  readonly doing: DeviceState;
  /** It was away because the run wanted it so. */
  readonly onPurpose?: true | undefined;
}

/** A property of a connected device is at odds for longer than the oracle tolerates, or no longer. */
export interface DivergenceEvent extends Omit<DivergenceLook, "untilT"> {
  readonly type: "divergence";
  readonly state: "begun" | "ended";
  /** Registration id. */
  readonly deviceId: string;
  readonly property: string;
  readonly kind: DivergenceKind;
  /** Since when the device, connected, was at odds, ms. */
  readonly sinceMs: number;
  /** Oldest first; of many the first and the newest. */
  readonly history: readonly DivergenceLook[];
}

/** What the oracle has looked at, told at the end. */
export interface OracleEvent {
  readonly type: "oracle";
  readonly t: number;
  /** Looks at devices; those that failed are not among them. */
  readonly looks: number;
  readonly failed: number;
  /** Devices that were looked at. */
  readonly devices: number;
  /** Properties of theirs of which neither the twin nor the device ever said anything. */
  readonly notEchoed: number;
}

/** How it is told: `notFollowed`: `does not follow`. */
export const DIVERGENCE_WORDS: Readonly<Record<DivergenceKind, string>> = {
  notFollowed: "is not followed",
  wronglyReported: "is followed and wrongly reported",
  onlyReported: "is reported and not followed",
  refused: "is refused",
};

/** `desired 60, reported 70, inner 60`; what is not told is left out. */
export function sidesText({
  desired,
  reported,
  ac,
  inner,
}: Pick<DivergenceLook, "desired" | "reported" | "ac" | "inner">): string {
  const code = ac === undefined ? "" : ` (${ac})`;
  return [
    `desired ${JSON.stringify(desired)}`,
    reported === undefined ? "not reported" : `reported ${JSON.stringify(reported)}${code}`,
    ...(inner === undefined ? [] : [`the device has ${JSON.stringify(inner)}`]),
  ].join(", ");
}
