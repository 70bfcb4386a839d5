import type { Json, JsonObject } from "../../../base/json.ts";
import { isJsonObject } from "../../../base/json.ts";

/**
 * Applies a JSON merge patch (RFC 7396) and gives the result; neither argument is changed.
 * Objects merge, scalars and arrays replace, null removes. Build with `fromEntries`: it makes own
 * members even of `__proto__`.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (isJsonObject(value)) {
      const before = merged.get(key);
      merged.set(key, mergePatch(isJsonObject(before) ? before : {}, value));
    } else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

/** `$lastUpdated` and, under desired only, `$lastUpdatedVersion`. */
export interface MetadataStamp {
  readonly $lastUpdated: string;
  readonly $lastUpdatedVersion?: number;
}

/**
 * The `$metadata` tree after a patch: it mirrors the properties, and every level that the patch touched gets
 * the stamp; arrays are leaves. Source: Microsoft Learn, "Understand and use device twins", "Device twin metadata".
 */
export function stampMetadata(
  before: JsonObject,
  patch: JsonObject,
  merged: JsonObject,
  stamp: MetadataStamp,
): JsonObject {
  const tree = new Map<string, Json>(
    Object.entries(before).filter(([key]) => Object.hasOwn(merged, key)),
  );
  for (const [key, value] of Object.entries(patch)) {
    const now = merged[key];
    if (value === null || now === undefined || !Object.hasOwn(merged, key)) continue;
    const known = tree.get(key);
    tree.set(
      key,
      isJsonObject(value) && isJsonObject(now)
        ? stampMetadata(isJsonObject(known) ? known : {}, value, now, stamp)
        : { ...stamp },
    );
  }
  return { ...stamp, ...Object.fromEntries(tree) };
}
