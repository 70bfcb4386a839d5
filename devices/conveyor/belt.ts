import type { JsonObject } from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import type { BeltFeatures } from "./features.ts";

export const SPEEDS = ["stopped", "slow", "fast"] as const;
export type Speed = (typeof SPEEDS)[number];

/** What signal, dialect and faults share: the signal writes what happens, the dialect what is asked for. */
export interface Belt {
  /** Unrounded, m/s². */
  vibration: number;
  /** Packages that have left the belt since the start. */
  packages: number;
  speed: Speed;
  /** It moves as `speed` says, and is not on the way there. */
  isSteady: boolean;
  /** Air of the facility, °F, unrounded. */
  temperatureF: number;
  /** How long the belt has not moved, in seconds of its own time; 0 = it runs. */
  stoppedS: number;
  /** A broken wheel shakes it at this moment. */
  forced: boolean;
  /** A resonance builds up at this moment. */
  increasing: boolean;
  /** null = the belt changes its speed by itself. */
  desiredSpeed: Speed | null;
  /** Seconds without motion after which messages carry an alert. */
  stopAlertAfterS: number;
}

/** What the sensors tell of a belt, unrounded. */
export interface Reading {
  /** m/s². */
  readonly vibration: number;
  readonly packages: number;
  readonly speed: Speed;
  /** °F. */
  readonly temperatureF: number;
  readonly beltAlert: boolean;
  /** Absent = not to be told. */
  readonly features?: BeltFeatures | undefined;
}

/** Where the alert of the samples begins: stopped for longer than this. */
export const DEFAULT_STOP_ALERT_S = 5;

/** The samples' start: stopped, nothing delivered, 60 °F. */
export function newBelt(): Belt {
  return {
    vibration: 0,
    packages: 0,
    speed: "stopped",
    isSteady: true,
    temperatureF: 60,
    stoppedS: 0,
    forced: false,
    increasing: false,
    desiredSpeed: null,
    stopAlertAfterS: DEFAULT_STOP_ALERT_S,
  };
}

/** The belt as JSON; `readBelt` reads it. */
export function savedBelt(belt: Belt): JsonObject {
  return { ...belt };
}

/** @throws {TypeError} naming the member that is not what a belt saves */
export function readBelt(saved: Saved): Belt {
  return {
    vibration: saved.number("vibration"),
    packages: saved.number("packages"),
    speed: saved.choice("speed", SPEEDS),
    isSteady: saved.flag("isSteady"),
    temperatureF: saved.number("temperatureF"),
    stoppedS: saved.number("stoppedS"),
    forced: saved.flag("forced"),
    increasing: saved.flag("increasing"),
    desiredSpeed: saved.optionalChoice("desiredSpeed", SPEEDS),
    stopAlertAfterS: saved.number("stopAlertAfterS"),
  };
}
