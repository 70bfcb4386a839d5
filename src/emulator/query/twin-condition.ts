import type { JsonObject } from "../../base/json.ts";
import { holds } from "./evaluate.ts";
import { parseCondition } from "./parse-expression.ts";
import { twinFields } from "./twin-fields.ts";
import { valueAt } from "./values.ts";

/**
 * Reads what could stand behind WHERE, as a test of twins; `*` and nothing hold for every twin.
 *
 * @throws {QueryError}
 */
export function parseTwinCondition(text: string): (twin: JsonObject) => boolean {
  if (/^\s*\*?\s*$/.test(text)) return () => true;
  const condition = parseCondition(text, twinFields);
  return (twin) => holds(condition, (path) => valueAt(twin, path));
}
