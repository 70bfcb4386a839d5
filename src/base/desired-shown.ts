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
