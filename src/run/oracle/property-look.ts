import { sameValue } from "../../base/desired-shown.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import type { DivergenceKind } from "../../output/divergence.ts";
import { COMPONENT_MARK, isAcknowledgment } from "../../service/property-shown.ts";

/** What the two sides of a twin and the device itself say of one desired property. */
export interface PropertyLook {
  /** Such as `thermostat1.targetTemperature`. */
  readonly property: string;
  /** `notEchoed`: neither the twin nor the device says anything of it, so that nobody knows. */
  readonly verdict: "agrees" | "notEchoed" | DivergenceKind;
  readonly desired: Json;
  /** Of an acknowledgment the value; absent = it is not reported. */
  readonly reported?: Json | undefined;
  /** Code of the acknowledgment; absent = there is none. */
  readonly ac?: number | undefined;
  /** What the device takes it to be; absent = it does not say. */
  readonly inner?: Json | undefined;
}

/**
 * Compares what is desired with what is reported, flat or as `{ value, ac, av }`, and with what the device takes it to be,
 * value by value. An acknowledgment counts as one with a code from 200 to 299. Pure.
 *
 * Source: Microsoft Learn, "IoT Plug and Play conventions", writable properties.
 */
export function propertyLooks(
  desired: JsonObject,
  reported: JsonObject,
  inner: JsonObject,
): readonly PropertyLook[] {
  return looksAt(desired, { reported, inner, path: [] });
}

interface Level {
  readonly reported: JsonObject;
  readonly inner: JsonObject;
  readonly path: readonly string[];
}

const memberOf = (section: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(section, key) ? section[key] : undefined;

function looksAt(desired: JsonObject, { reported, inner, path }: Level): readonly PropertyLook[] {
  return Object.entries(desired).flatMap(([key, wanted]) => {
    if (key === COMPONENT_MARK) return [];
    const place = [...path, key];
    const shown = memberOf(reported, key);
    const held = memberOf(inner, key);
    const isDeeper =
      isJsonObject(wanted) &&
      Object.keys(wanted).length > 0 &&
      isJsonObject(shown) &&
      !isAcknowledgment(shown);
    if (isDeeper) {
      const within = isJsonObject(held) ? held : {};
      return looksAt(wanted, { reported: shown, inner: within, path: place });
    }
    return [lookAt(place.join("."), { wanted, shown, held })];
  });
}

function lookAt(
  property: string,
  said: {
    readonly wanted: Json;
    readonly shown?: Json | undefined;
    readonly held?: Json | undefined;
  },
): PropertyLook {
  const { wanted, held } = said;
  const shown = said.shown ?? undefined;
  const isAnswer = isJsonObject(shown) && isAcknowledgment(shown);
  const reported = isAnswer ? (shown["value"] ?? null) : shown;
  const ac = isAnswer && typeof shown["ac"] === "number" ? shown["ac"] : undefined;
  const look = {
    property,
    desired: wanted,
    ...(reported === undefined ? {} : { reported }),
    ...(ac === undefined ? {} : { ac }),
    ...(held === undefined ? {} : { inner: held }),
  };
  if (ac !== undefined && (ac < 200 || ac > 299)) return { ...look, verdict: "refused" };
  const shows = reported === undefined ? undefined : sameValue(wanted, reported);
  const holds = held === undefined ? undefined : sameValue(wanted, held);
  return { ...look, verdict: verdictOf(shows, holds) };
}

/** @param shows whether the desired value is reported; undefined = nothing is @param holds the same of the device itself */
function verdictOf(
  shows: boolean | undefined,
  holds: boolean | undefined,
): PropertyLook["verdict"] {
  if (shows === undefined && holds === undefined) return "notEchoed";
  if (shows === false && holds === true) return "wronglyReported";
  if (shows === true && holds === false) return "onlyReported";
  return shows === false || holds === false ? "notFollowed" : "agrees";
}
