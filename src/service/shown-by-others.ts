import type { Json, JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import { parseTwin } from "./device-twin.ts";
import type { PacedHub } from "./paced-hub.ts";
import type { DesiredPatch } from "./property-shown.ts";
import { allShownMs, propertiesShown } from "./property-shown.ts";
import { queryDevices } from "./query-devices.ts";

/** A device that nobody patched and that yet reports the values since. */
export interface OtherDevice {
  readonly deviceId: string;
  readonly hub: PacedHub;
  /** When, by the hub's clock, ms since 1970. */
  readonly atMs: number;
}

/**
 * Devices of a hub that report all values of a patch since it was made, other than those that got it.
 *
 * @param patch `atMs`: of the first that was patched
 * @returns undefined where the query language has no words for any of the values: lists and empty objects
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`
 */
export async function shownByOthers(
  hub: PacedHub,
  patch: Pick<DesiredPatch, "desired" | "atMs">,
  options: {
    readonly isPatched: (deviceId: string) => boolean;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<readonly OtherDevice[] | undefined> {
  const condition = reportedCondition(patch.desired);
  if (condition === undefined) return undefined;
  const others: OtherDevice[] = [];
  const sql = `SELECT * FROM devices WHERE ${condition}`;
  for await (const page of queryDevices(hub, sql, options.signal))
    for (const row of page) {
      const twin = parseTwin(row);
      if (options.isPatched(twin.deviceId)) continue;
      // Whatever version of its own desired properties it acknowledges.
      const atMs = allShownMs(propertiesShown({ ...patch, version: 0 }, twin.reported));
      if (atMs !== undefined && atMs >= patch.atMs)
        others.push({ deviceId: twin.deviceId, hub, atMs });
    }
  return others;
}

/** A query may not become longer than what services take. */
const CONDITIONS_MAX = 10;

/**
 * A query's condition that holds for devices that report the values, flat or acknowledged; of many values, of the first
 * ones, so that it may hold for more. Undefined where it cannot be asked for any.
 *
 * Source: Microsoft Learn, "IoT Hub query language for device and module twins, jobs, and message routing".
 */
export function reportedCondition(desired: JsonObject): string | undefined {
  const conditions = valuesIn(desired, []).slice(0, CONDITIONS_MAX);
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}

function valuesIn(section: JsonObject, path: readonly string[]): readonly string[] {
  return Object.entries(section).flatMap(([key, value]) => {
    // Names that cannot be quoted.
    if (/[[\]'",]/.test(key) || key === "__t") return [];
    const place = [...path, key];
    if (isJsonObject(value)) return valuesIn(value, place);
    const literal = literalOf(value);
    if (literal === undefined) return [];
    const name = ["properties.reported", ...place.map(quoted)].join(".");
    return [`(${name} = ${literal} OR ${name}.value = ${literal})`];
  });
}

/** Words of the language that could be taken for no name. */
const KEYWORDS =
  /^(?:and|as|by|devices|false|from|group|in|is_defined|nin|not|null|or|select|top|true|where)$/i;

/** Plain words stay as they are, all else stands in brackets. */
const quoted = (key: string): string =>
  /^[A-Za-z_]\w*$/.test(key) && !KEYWORDS.test(key) ? key : `[[${key}]]`;

function literalOf(value: Json): string | undefined {
  if (typeof value === "string")
    return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
