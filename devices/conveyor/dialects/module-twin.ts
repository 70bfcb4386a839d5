import type { DesiredContext, Json, JsonObject, ModelEvent } from "../../../src/model/model.ts";
import { illegalWish, intervalOf, numberOf } from "../../shared/desired.ts";
import type { Saved } from "../../shared/saved.ts";
import type { Belt } from "../belt.ts";
import { DEFAULT_STOP_ALERT_S } from "../belt.ts";
import { speedOf } from "./speed-command.ts";

/** What the dialect knows beside the belt. */
export interface TwinState {
  /** Under either name, in seconds; null = not asked for. */
  telemetryInterval: number | null;
  telemetryDelay: number | null;
  /** The speed in use was set by a method, so a twin without one does not undo it. */
  speedByMethod: boolean;
  /** What was reported last of the belt's unwanted vibrations. */
  forced: boolean;
  increasing: boolean;
}

export const FIRMWARE_VERSION = "1.2.3";
const LONGEST_STOP_ALERT_S = 86_400;

export function newTwinState(): TwinState {
  return {
    telemetryInterval: null,
    telemetryDelay: null,
    speedByMethod: false,
    forced: false,
    increasing: false,
  };
}

/** @throws {TypeError} naming the member that is not what a twin state saves */
export function readTwinState(saved: Saved): TwinState {
  return {
    telemetryInterval: saved.optionalNumber("telemetryInterval"),
    telemetryDelay: saved.optionalNumber("telemetryDelay"),
    speedByMethod: saved.flag("speedByMethod"),
    forced: saved.flag("forced"),
    increasing: saved.flag("increasing"),
  };
}

/**
 * Applies a desired section or patch, in place. Each member is optional, numbers may be texts, and speeds are written
 * in any case. What cannot be used keeps the old value, and is told; null, and in a whole section absence, brings the
 * default back: a belt that changes its speed by itself, 5 s until the alert, the scenario's interval.
 */
export function applyDesired(
  belt: Belt,
  twin: TwinState,
  patch: JsonObject,
  context: DesiredContext,
  tell: (event: ModelEvent) => void,
): void {
  const desired = context.initial ? { ...EMPTY_SECTION, ...patch } : patch;
  /** @param absent what null brings back */
  const wished = <Value>(
    property: string,
    parse: (wish: Json) => Value | undefined,
    old: Value,
    absent: Value,
  ): Value => {
    const wish = desired[property];
    if (wish === undefined) return old;
    if (wish === null) return absent;
    const value = parse(wish);
    if (value === undefined) tell(illegalWish(property, wish));
    return value ?? old;
  };
  const { telemetryInterval, telemetryDelay } = twin;
  twin.telemetryInterval = wished("telemetryInterval", intervalOf, telemetryInterval, null);
  twin.telemetryDelay = wished("telemetryDelay", intervalOf, telemetryDelay, null);
  belt.stopAlertAfterS = wished(
    "stopAlertAfter",
    stopAlertOf,
    belt.stopAlertAfterS,
    DEFAULT_STOP_ALERT_S,
  );
  // A section without a speed does not undo the method's.
  if (twin.speedByMethod && patch["desiredSpeed"] === undefined) return;
  const wish = desired["desiredSpeed"];
  belt.desiredSpeed = wished("desiredSpeed", speedOf, belt.desiredSpeed, null);
  if (wish === null || speedOf(wish) !== undefined) twin.speedByMethod = false;
}

const EMPTY_SECTION: JsonObject = {
  desiredSpeed: null,
  telemetryInterval: null,
  telemetryDelay: null,
  stopAlertAfter: null,
};

/** The wishes that are in use. */
export function settledOf(belt: Belt, twin: TwinState): JsonObject {
  return {
    desiredSpeed: belt.desiredSpeed,
    telemetryInterval: twin.telemetryInterval,
    telemetryDelay: twin.telemetryDelay,
    stopAlertAfter: belt.stopAlertAfterS,
  };
}

/** Flat: the wishes that are in use, and what the belt has to say of itself. */
export function reportedOf(belt: Belt, twin: TwinState, naturalFrequencyHz: number): JsonObject {
  return {
    ...settledOf(belt, twin),
    naturalFrequency: naturalFrequencyHz,
    firmwareVersion: FIRMWARE_VERSION,
    ...faultsReported(belt, twin),
  };
}

/** The belt's unwanted vibrations, noted as reported. */
export function faultsReported(belt: Belt, twin: TwinState): JsonObject {
  twin.forced = belt.forced;
  twin.increasing = belt.increasing;
  return { faults: { forced: belt.forced, increasing: belt.increasing } };
}

/** Seconds from 0 (at once), at most a day, as a number or a text; undefined for all else. */
export function stopAlertOf(wish: Json | undefined): number | undefined {
  const seconds = numberOf(wish);
  return seconds !== undefined && seconds >= 0 && seconds <= LONGEST_STOP_ALERT_S
    ? seconds
    : undefined;
}
