import type { Path } from "../../query/expression.ts";
import type { Vocabulary } from "../../query/parse-expression.ts";
import { QueryError } from "../../query/query-error.ts";
import { twinFields } from "../../query/twin-fields.ts";

/**
 * What a device says of its message, by the name that conditions have for it; the value is the key in the property bag.
 * Source: Microsoft Learn, "IoT Hub message routing query syntax", "System properties".
 */
const BAG_KEYS: ReadonlyMap<string, string> = new Map([
  ["$messageId", "mid"],
  ["$correlationId", "cid"],
  ["$userId", "uid"],
  ["$to", "to"],
  ["$contentType", "ct"],
  ["$contentEncoding", "ce"],
  ["$expiryTimeUtc", "exp"],
  ["$creationTimeUtc", "ctime"],
  ["$dt-subject", "sub"],
]);

/** What the hub itself says of a message. */
const HUB_PROPERTIES = [
  "$connectionDeviceId",
  "$connectionModuleId",
  "$connectionAuthMethod",
  "$connectionAuthGenerationId",
  "$enqueuedTime",
  "$messageSource",
  "$dt-dataschema",
] as const;
export type HubProperty = (typeof HUB_PROPERTIES)[number];

/** Roots of paths that are no system properties: the message's body as JSON, and the device's twin. */
export const BODY = "$body";
export const TWIN = "$twin";

const NAMES = [...BAG_KEYS.keys(), ...HUB_PROPERTIES, BODY, TWIN];
const BY_LOWER_CASE: ReadonlyMap<string, string> = new Map(
  NAMES.map((name) => [name.toLowerCase(), name]),
);

/** The key in the property bag of a system property that the device sets; undefined for those of the hub. */
export function bagKeyOf(name: string): string | undefined {
  return BAG_KEYS.get(name);
}

export function isHubProperty(name: string): name is HubProperty {
  return HUB_PROPERTIES.some((one) => one === name);
}

/** A system property as conditions write it, found without `$` and in any case too. */
export function systemPropertyNamed(text: string): string | undefined {
  const name = BY_LOWER_CASE.get(`$${text.replace(/^\$/, "")}`.toLowerCase());
  return name === BODY || name === TWIN ? undefined : name;
}

/**
 * The names in a routing condition: `$body.…`, `$twin.tags.…`, system properties, and application properties without
 * `$`. Case counts only below `$body`, tags and twin properties.
 *
 * @returns application properties in lower case
 * @throws {QueryError} for a system property that there is not, and for members of what has none
 */
export const routingNames: Vocabulary = (path: Path, at: number): Path => {
  const [root, ...steps] = path;
  if (root.startsWith("$")) {
    const name = BY_LOWER_CASE.get(root.toLowerCase());
    if (name === undefined)
      throw new QueryError(at, `a message has no ${root}; it has ${NAMES.join(", ")}`);
    if (name === BODY) return [BODY, ...steps];
    if (name === TWIN) return twinPath(steps, at);
  }
  if (steps.length > 0)
    throw new QueryError(at, `${root} has no members; those of the body are $body.…`);
  return [BY_LOWER_CASE.get(root.toLowerCase()) ?? root.toLowerCase()];
};

const TWIN_PARTS = "expected $twin.tags or $twin.properties";

/** Source: the same article, "Query based on device twin": tags, desired and reported properties. */
function twinPath([first, ...rest]: readonly (string | number)[], at: number): Path {
  if (first === undefined) throw new QueryError(at, TWIN_PARTS);
  const path = twinFields([String(first), ...rest], at);
  if (path[0] !== "tags" && path[0] !== "properties") throw new QueryError(at, TWIN_PARTS);
  return [TWIN, ...path];
}
