import type { Path } from "./expression.ts";
import type { Vocabulary } from "./parse-expression.ts";
import { QueryError } from "./query-error.ts";

// Source: Microsoft Learn, "Understand and use device twins in IoT Hub", "Device twins", and the swagger's Twin.
const FIELDS = [
  "deviceId",
  "moduleId",
  "etag",
  "deviceEtag",
  "status",
  "statusReason",
  "statusUpdateTime",
  "connectionState",
  "lastActivityTime",
  "cloudToDeviceMessageCount",
  "authenticationType",
  "x509Thumbprint.primaryThumbprint",
  "x509Thumbprint.secondaryThumbprint",
  "modelId",
  "version",
  "tags",
  "properties.desired",
  "properties.reported",
  "capabilities.iotEdge",
  "deviceScope",
  "parentScopes",
] as const;

/** The service's own names by their lower case, each with its parts. */
const BY_LOWER_CASE: ReadonlyMap<string, readonly [root: string, ...member: string[]]> = new Map(
  FIELDS.flatMap((field) => {
    const [root = "", ...member] = field.split(".");
    const parts: [string, ...string[]][] = [[root], [root, ...member]];
    return parts.map((part) => [part.join(".").toLowerCase(), part] as const);
  }),
);

/**
 * The names in a query over twins. The service's own (`deviceId`, `properties.desired`) may be written in any case, as
 * Microsoft's samples do, and behind `devices.`; names below tags and properties are the user's and must match exactly.
 *
 * @throws {QueryError} where a path begins with no member of a twin
 */
export const twinFields: Vocabulary = (written: Path, at: number): Path => {
  const path = withoutCollection(written);
  const [root, member, ...rest] = path;
  const own = BY_LOWER_CASE.get(`${root}.${member}`.toLowerCase());
  if (own !== undefined) return [...own, ...rest];
  const whole = BY_LOWER_CASE.get(root.toLowerCase());
  if (whole === undefined)
    throw new QueryError(at, `a twin has no ${root}; its members are ${FIELDS.join(", ")}`);
  return [...whole, ...path.slice(1)];
};

function withoutCollection(path: Path): Path {
  const [collection, root, ...rest] = path;
  return collection.toLowerCase() === "devices" && typeof root === "string"
    ? [root, ...rest]
    : path;
}
