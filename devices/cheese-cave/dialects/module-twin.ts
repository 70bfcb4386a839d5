import type { DesiredContext, Json, JsonObject } from "../../../src/model/model.ts";
import { intervalOf, numberOf } from "../../shared/desired.ts";
import { round2 } from "../../shared/rounding.ts";
import type { Saved } from "../../shared/saved.ts";
import type { Cave, FanState } from "../cave.ts";
import type { Place } from "../place.ts";

/** What the twin asked for beside the setpoints. */
export type TwinState = {
  /** Under either name, in seconds; null = not asked for. */
  telemetryInterval: number | null;
  telemetryDelay: number | null;
  /** `patchId` of the last patch that had one. */
  lastPatchReceivedId: string;
};

const FIRMWARE_VERSION = "1.2.3";

export function newTwinState(): TwinState {
  return { telemetryInterval: null, telemetryDelay: null, lastPatchReceivedId: "" };
}

/** @throws {TypeError} naming the member that is not what a twin saves */
export function readTwinState(saved: Saved): TwinState {
  return {
    telemetryInterval: saved.optionalNumber("telemetryInterval"),
    telemetryDelay: saved.optionalNumber("telemetryDelay"),
    lastPatchReceivedId: saved.text("lastPatchReceivedId"),
  };
}

/**
 * Applies a desired section or patch, in place, as every version of the samples may write it: each field optional,
 * numbers or strings, `fanstate` or `fanState`. What cannot be used keeps the old value, so a reading never becomes
 * NaN; null, and in a whole section absence, brings the default back.
 */
export function applyDesired(
  { cave, place, twin }: { readonly cave: Cave; readonly place: Place; readonly twin: TwinState },
  patch: JsonObject,
  context: DesiredContext,
): void {
  const desired = context.initial ? { ...EMPTY_SECTION, ...patch } : patch;
  cave.desiredTemperature = setpoint(
    desired["temperature"],
    cave.desiredTemperature,
    place.setpoints.temperature,
  );
  cave.desiredHumidity = setpoint(
    desired["humidity"],
    cave.desiredHumidity,
    place.setpoints.humidity,
  );
  cave.fan = fanState(desired["fanstate"] ?? desired["fanState"] ?? fanRemoval(desired), cave.fan);
  twin.telemetryInterval = interval(desired["telemetryInterval"], twin.telemetryInterval);
  twin.telemetryDelay = interval(desired["telemetryDelay"], twin.telemetryDelay);
  twin.lastPatchReceivedId = patchId(desired["patchId"], twin.lastPatchReceivedId);
}

/** The fan is not part of it: a method may have set it, and an absent wish does not undo that. */
const EMPTY_SECTION: JsonObject = {
  temperature: null,
  humidity: null,
  telemetryInterval: null,
  telemetryDelay: null,
  patchId: null,
};

/** Flat, under the names of all samples at once: C# readers look for `fanstate` and echoed setpoints, Node.js readers for the rest. */
export function reportedOf(cave: Cave, twin: TwinState): JsonObject {
  return {
    fanstate: cave.fan,
    humidity: cave.desiredHumidity,
    temperature: cave.desiredTemperature,
    fanState: cave.fan,
    currentTemperature: round2(cave.temperature),
    currentHumidity: round2(cave.humidity),
    firmwareVersion: FIRMWARE_VERSION,
    lastPatchReceivedId: twin.lastPatchReceivedId,
    telemetryInterval: twin.telemetryInterval,
    telemetryDelay: twin.telemetryDelay,
  };
}

function setpoint(wish: Json | undefined, old: number, byDefault: number): number {
  if (wish === null) return byDefault;
  return numberOf(wish) ?? old;
}

function interval(wish: Json | undefined, old: number | null): number | null {
  if (wish === null) return null;
  return intervalOf(wish) ?? old;
}

function patchId(wish: Json | undefined, old: string): string {
  if (wish === null) return "";
  return typeof wish === "string" ? wish : old;
}

/** A failed fan stays failed. */
function fanState(wish: Json | undefined, old: FanState): FanState {
  if (old === "failed" || typeof wish !== "string") return old;
  const wanted = wish.toLowerCase();
  return wanted === "on" || wanted === "off" ? wanted : old;
}

function fanRemoval(desired: JsonObject): "off" | undefined {
  return desired["fanstate"] === null || desired["fanState"] === null ? "off" : undefined;
}
