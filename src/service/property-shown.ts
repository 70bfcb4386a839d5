import { sameValue } from "../base/desired-shown.ts";
import type { Json, JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import type { TwinSection } from "./device-twin.ts";

/**
 * What a device's reported properties say of one desired value:
 * - `shown`: it has it, and said so after the patch or named the patch's version
 * - `missing`: it never reported that property
 * - `earlier`: it shows that very value, as it did before the patch, or acknowledged an older version
 * - `differs`: it reports another value
 * - `busy`: it acknowledged that it works on it (202)
 * - `refused`: it acknowledged with another code than 200
 */
export type ShownState = "shown" | "missing" | "earlier" | "differs" | "busy" | "refused";

/** One desired value and what is reported of it. */
export interface PropertyShown {
  /** Such as `thermostat1.targetTemperature`. */
  readonly path: string;
  readonly state: ShownState;
  /** Undefined where nothing is reported. */
  readonly reported: Json | undefined;
  /** When it was reported last, by the hub's clock, ms since 1970. */
  readonly atMs: number | undefined;
  /** The acknowledgment's code, version and words, where the device gives them. */
  readonly ac?: number;
  readonly av?: number;
  readonly ad?: string;
}

/** The patch that is looked for. */
export interface DesiredPatch {
  readonly desired: JsonObject;
  /** The desired section's `$version` that the patch made. */
  readonly version: number;
  /** When the hub took it, by its clock, ms since 1970. */
  readonly atMs: number;
}

/** Marks a component of a Plug and Play device; both sides write it, and nobody waits for it. */
export const COMPONENT_MARK = "__t";

/**
 * What is reported of each value of a patch, flat or as `{ value, ac, av, ad }`: nested objects are gone through to
 * their values. Pure.
 *
 * Source: Microsoft Learn, "IoT Plug and Play conventions", writable properties.
 */
export function propertiesShown(
  patch: DesiredPatch,
  { values, metadata }: Pick<TwinSection, "values" | "metadata">,
): readonly PropertyShown[] {
  return sectionShown(patch, patch.desired, { values, metadata, path: [] });
}

interface Level {
  readonly values: JsonObject;
  readonly metadata: JsonObject;
  readonly path: readonly string[];
}

function sectionShown(
  patch: DesiredPatch,
  wanted: JsonObject,
  { values, metadata, path }: Level,
): readonly PropertyShown[] {
  return Object.entries(wanted).flatMap(([key, value]) => {
    if (key === COMPONENT_MARK) return [];
    const place = [...path, key];
    const reported = Object.hasOwn(values, key) ? values[key] : undefined;
    const own = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    // A value without a stamp of its own was written with what it stands in.
    const stamps = isJsonObject(own) ? own : { $lastUpdated: metadata["$lastUpdated"] ?? null };
    const isDeeper =
      isJsonObject(value) &&
      Object.keys(value).length > 0 &&
      isJsonObject(reported) &&
      !isAcknowledgment(reported);
    if (isDeeper)
      return sectionShown(patch, value, { values: reported, metadata: stamps, path: place });
    return [{ path: place.join("."), ...valueShown(patch, value, reported, stamps) }];
  });
}

/** Whether a reported value is the acknowledgment of a writable property. */
export const isAcknowledgment = (reported: JsonObject): boolean =>
  Object.hasOwn(reported, "value") &&
  (typeof reported["ac"] === "number" || typeof reported["av"] === "number");

function valueShown(
  patch: DesiredPatch,
  wanted: Json,
  reported: Json | undefined,
  stamps: JsonObject,
): Omit<PropertyShown, "path"> {
  const atMs = stampMs(stamps);
  if (reported === undefined || reported === null)
    return { state: "missing", reported: undefined, atMs: undefined };
  const isAfter = atMs !== undefined && atMs >= patch.atMs;
  if (!isJsonObject(reported) || !isAcknowledgment(reported)) {
    const isSame = sameValue(wanted, reported);
    return { state: isSame ? (isAfter ? "shown" : "earlier") : "differs", reported, atMs };
  }
  const { value = null, ac, av, ad } = reported;
  const told = {
    reported: value,
    atMs,
    ...(typeof ac === "number" ? { ac } : {}),
    ...(typeof av === "number" ? { av } : {}),
    ...(typeof ad === "string" ? { ad } : {}),
  };
  const isNew = typeof av === "number" ? av >= patch.version : isAfter;
  if (!isNew) return { state: sameValue(wanted, value) ? "earlier" : "differs", ...told };
  if (ac === 202) return { state: "busy", ...told };
  if (typeof ac === "number" && ac !== 200) return { state: "refused", ...told };
  return { state: sameValue(wanted, value) ? "shown" : "differs", ...told };
}

/** When what is stamped was written, ms since 1970; undefined where it does not say. */
export function stampMs({ $lastUpdated }: JsonObject): number | undefined {
  const ms = typeof $lastUpdated === "string" ? Date.parse($lastUpdated) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** When the last of all was shown, ms since 1970; undefined where one of them is not. */
export function allShownMs(properties: readonly PropertyShown[]): number | undefined {
  if (properties.some(({ state }) => state !== "shown")) return undefined;
  const times = properties.flatMap(({ atMs }) => atMs ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}
