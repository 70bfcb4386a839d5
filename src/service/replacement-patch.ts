import type { Json, JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";

/**
 * The merge patch (RFC 7396) that makes `wanted` of `current`: what is not wanted is removed by null. Nulls in `wanted`
 * stand for nothing. Pure.
 */
export function replacementPatch(current: JsonObject, wanted: JsonObject): JsonObject {
  const removed = Object.keys(current)
    .filter((key) => (Object.hasOwn(wanted, key) ? wanted[key] : null) === null)
    .map((key) => [key, null] as const);
  const set = Object.entries(wanted)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => [key, replaced(ownMember(current, key), value)] as const);
  return Object.fromEntries([...removed, ...set]);
}

const ownMember = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** An object over anything else than an object replaces it; merging would do the same. */
function replaced(current: Json | undefined, wanted: Json): Json {
  if (!isJsonObject(wanted)) return wanted;
  return replacementPatch(isJsonObject(current) ? current : {}, wanted);
}
