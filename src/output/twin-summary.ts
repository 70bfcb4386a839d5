import type { JsonObject } from "../base/json.ts";
import type { DeviceState } from "../metrics/device-row.ts";
import type { Percentiles } from "../metrics/percentiles.ts";
import type { DivergenceKind, DivergenceLook } from "./divergence.ts";

/** How desired versions came to one device. */
export interface TwinVersionsResult {
  readonly deviceId: string;
  readonly duplicate: number;
  readonly outOfOrder: number;
  readonly missed: number;
  /** Of the missed ones, those that no read brought. */
  readonly notHealed: number;
}

/** A property of a device that was at odds for longer than the oracle tolerates; the newest time. */
export interface DivergenceResult extends Pick<
  DivergenceLook,
  "version" | "desired" | "reported" | "ac" | "inner"
> {
  readonly deviceId: string;
  readonly property: string;
  readonly kind: DivergenceKind;
  /** Since and until when, in seconds after time 0; null = it still was at the end. */
  readonly sinceS: number;
  readonly endedS: number | null;
}

/** Devices whose twins did not come along, by name: the first ones of many. */
export interface TwinFindings {
  readonly versions: readonly TwinVersionsResult[];
  /** null = there was no oracle. */
  readonly divergences: {
    readonly looks: number;
    readonly failed: number;
    readonly devices: number;
    readonly notEchoed: number;
    readonly begun: number;
    readonly ended: number;
    readonly named: readonly DivergenceResult[];
  } | null;
}

/** A selected device that did not show the last round's values in time, and what is known of it. */
export interface TwinStraggler {
  readonly registrationId: string;
  /**
   * `late`: it showed them after the action's timeout. `refused`: it acknowledged them with a code that is no success.
   * `otherValue`: it got them and reports others. `notAcknowledged`: it got them and reports nothing of them.
   */
  readonly why:
    "refused" | "otherValue" | "notAcknowledged" | "notReceived" | "notPatched" | "late";
  readonly round: number;
  /** When the patch went out, seconds after time 0; null = it did not. */
  readonly patchedS: number | null;
  /** `$version` that the patch made. */
  readonly version: number | null;
  /** Newest version that the device got since the action began. */
  readonly receivedVersion: number | null;
  /** What it reported of what is patched, since the action began. */
  readonly reported: JsonObject | null;
  /** From the patch to the acknowledgment, where that came late. */
  readonly ms: number | null;
  /** Before the end of the run stopped it. */
  readonly state: DeviceState | null;
  /** When its connection was lost last, seconds after time 0. */
  readonly disconnectedS: number | null;
  /** Why it was not patched, or what it was told last. */
  readonly error: string | null;
}

/** A selected device that was never pushed some of the action's versions. */
export interface MissedDevice {
  readonly registrationId: string;
  readonly versions: number;
  /** From and to, both included; the first few. */
  readonly rounds: readonly (readonly [from: number, to: number])[];
  /** Whether it read what was in all of them. */
  readonly healed: boolean;
}

/** How the selected devices followed one twin action. Devices count once for each round, unless it says otherwise. */
export interface TwinActionResult {
  /** Its position in the scenario's timeline, from 0. */
  readonly action: number;
  readonly name: string | null;
  readonly at: string;
  readonly mode: "merge" | "replace";
  readonly rounds: number;
  readonly roundsBegun: number;
  /** Distinct devices. */
  readonly selected: number;
  readonly patched: number;
  /** Pushed, or in a whole section that was read. */
  readonly received: number;
  /** It reported the right values, having applied this version or a later one. */
  readonly acknowledged: number;
  readonly refused: number;
  /** It answered a later round and not this one. */
  readonly superseded: number;
  readonly notEchoed: number;
  /** The service showed the reported values; null = it was not asked. */
  readonly seen: number | null;
  /** Versions that were never pushed to the device. */
  readonly missed: number;
  readonly duplicate: number;
  readonly outOfOrder: number;
  /** Distinct devices that were not selected and got the values pushed. */
  readonly receivedByOthers: number;
  /** Distinct devices that showed the last round's values in time, and that did not. */
  readonly converged: number;
  readonly stragglers: number;
  readonly notDue: boolean;
  /** From the patch call to the reported value's acknowledgment at the device. */
  readonly ms: Percentiles;
  /** From the patch call to the device. */
  readonly receivedMs: Percentiles;
  /** From the device's getting the patch to the acknowledgment of what it reported. */
  readonly answerMs: Percentiles;
  /** From the patch to the reported values in the service's twin, by the hub's clock. */
  readonly seenMs: Percentiles;
  /** How long the pace of the calls held patches back; part of no other time. */
  readonly pacedMs: Percentiles;
  /** The first few stragglers, the worst first. */
  readonly stragglersNamed: readonly TwinStraggler[];
  /** The first few devices that were never pushed versions, those with most first. */
  readonly missedBy: readonly MissedDevice[];
}
