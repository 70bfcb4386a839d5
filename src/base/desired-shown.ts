import type { Json, JsonObject } from "./json.ts";
import { isJsonObject } from "./json.ts";

/** Whether two scalars are one value; a device may keep numbers as text. */
function sameScalar(wanted: Json, shown: Json): boolean {
  if (wanted === shown) return true;
  const texts = [wanted, shown].every((side) => ["string", "number"].includes(typeof side));
  const number = Number(wanted);
  return texts && wanted !== "" && !Number.isNaN(number) && number === Number(shown);
}

/** An array of JSON; `Array.isArray` alone does not tell one that is read-only. */
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Whether `shown` is `wanted`: an object may have more members, a list has the same ones in the same order. */
export function sameValue(wanted: Json, shown: Json): boolean {
  if (isJsonObject(wanted)) return isJsonObject(shown) && showsDesired(wanted, shown);
  if (!isList(wanted)) return sameScalar(wanted, shown);
  if (!isList(shown) || shown.length !== wanted.length) return false;
  return wanted.every((one, at) => sameValue(one, shown[at] ?? null));
}

/**
 * Whether `section` shows every value of `desired`, flat or as `{ value, ac, av }` (Microsoft Learn,
 * "IoT Plug and Play conventions"). A removed key (null) counts as shown when it is absent or null.
 */
export function showsDesired(desired: JsonObject, section: JsonObject): boolean {
  return Object.entries(desired).every(([key, wanted]) => {
    const shown = section[key];
    if (wanted === null) return shown === undefined || shown === null;
    if (shown === undefined) return false;
    if (sameValue(wanted, shown)) return true;
    return isJsonObject(shown) && shown["value"] !== undefined && sameValue(wanted, shown["value"]);
  });
}

/**
 * What a device says of a value that it got as some version of its desired properties:
 * `shown`: it has it; `refused`: it acknowledged it with a code that is no success; `open`: neither, yet.
 */
export type Acknowledgment = "shown" | "refused" | "open";

/** Marks a component of a Plug and Play device; nobody waits for it. */
const COMPONENT_MARK = "__t";

/**
 * What a reported member says of a desired one, flat or as `{ value, ac, av }`: an acknowledgment of an older version than
 * `version` says nothing, nor does one that the device still works on it (202). A removed member (null) is shown by none.
 *
 * Source: Microsoft Learn, "IoT Plug and Play conventions", writable properties.
 */
export function acknowledgment(
  wanted: Json,
  shown: Json | undefined,
  version: number,
): Acknowledgment {
  if (shown === undefined || shown === null) return wanted === null ? "shown" : "open";
  if (wanted === null) return "open";
  if (!isJsonObject(shown)) return sameValue(wanted, shown) ? "shown" : "open";
  const { value, ac, av } = shown;
  if (value !== undefined && (typeof ac === "number" || typeof av === "number")) {
    if (typeof av === "number" && av < version) return "open";
    if (typeof ac === "number" && ac !== 202 && (ac < 200 || ac > 299)) return "refused";
    return ac !== 202 && sameValue(wanted, value) ? "shown" : "open";
  }
  if (isJsonObject(wanted)) {
    const members = Object.entries(wanted).filter(([key]) => key !== COMPONENT_MARK);
    const said = members.map(([key, one]) => acknowledgment(one, shown[key], version));
    if (said.includes("refused")) return "refused";
    if (!said.includes("open")) return "shown";
  }
  return value !== undefined && sameValue(wanted, value) ? "shown" : "open";
}
