import type { Json, JsonObject } from "../../base/json.ts";
import { holds } from "./evaluate.ts";
import type { Path } from "./expression.ts";
import { finite } from "./functions.ts";
import type { Aggregate, Projection, TwinQuery } from "./twin-query.ts";
import type { Value } from "./values.ts";
import { orderOf, valueAt } from "./values.ts";

/**
 * What a query without groups gives of one twin: the twin, or the object that it selects; undefined where its
 * condition does not hold. What is selected and not there is left out of the object.
 */
export function selectTwin(query: TwinQuery, twin: JsonObject): JsonObject | undefined {
  if (!isSelected(query, twin)) return undefined;
  if (query.projections === undefined) return twin;
  return rowOf(query.projections, (projection) =>
    projection.kind === "value" ? valueAt(twin, projection.path) : undefined,
  );
}

/** What a query gives for a twin or a group of twins. */
export interface KeyedRow {
  /** Different for every row; the same for the same device, or the same values that are grouped by. */
  readonly key: string;
  readonly row: JsonObject;
}

/** All that a query gives, in the order of the keys. */
export function runTwinQuery(
  query: TwinQuery,
  twins: readonly { readonly key: string; readonly twin: JsonObject }[],
): readonly KeyedRow[] {
  const rows =
    query.groupBy === undefined
      ? twins.flatMap(({ key, twin }) => {
          const row = selectTwin(query, twin);
          return row === undefined ? [] : [{ key, row }];
        })
      : groupTwins(
          query,
          query.groupBy,
          twins.map(({ twin }) => twin),
        );
  return rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)).slice(0, query.top);
}

/** Without GROUP BY it is one group, even of no twins. */
function groupTwins(
  query: TwinQuery,
  paths: readonly Path[],
  twins: readonly JsonObject[],
): readonly KeyedRow[] {
  const groups = new Map<string, JsonObject[]>(paths.length === 0 ? [["", []]] : []);
  for (const twin of twins) {
    if (!isSelected(query, twin)) continue;
    // JSON writes no value as nothing, which is how a missing one is written here.
    const key = paths.map((path) => JSON.stringify(valueAt(twin, path)) ?? "").join(",");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [twin]);
    else group.push(twin);
  }
  return [...groups].map(([key, members]) => ({
    key,
    row: rowOf(query.projections ?? [], (projection) => groupValue(projection, members)),
  }));
}

function isSelected({ where }: TwinQuery, twin: JsonObject): boolean {
  return where === undefined || holds(where, (path) => valueAt(twin, path));
}

/** Built with `fromEntries`: it makes own members even of `__proto__`. */
function rowOf(
  projections: readonly Projection[],
  valueOf: (projection: Projection) => Value,
): JsonObject {
  return Object.fromEntries(
    projections.flatMap((projection) => {
      const value = valueOf(projection);
      return value === undefined ? [] : [[projection.name, value] as const];
    }),
  );
}

function groupValue(projection: Projection, members: readonly JsonObject[]): Value {
  switch (projection.kind) {
    case "count":
      return members.length;
    case "value": {
      const [first] = members;
      return first === undefined ? undefined : valueAt(first, projection.path);
    }
    case "aggregate":
      return aggregated(
        projection.aggregate,
        members.map((twin) => valueAt(twin, projection.path)).filter((v) => v !== undefined),
      );
    default:
      return projection satisfies never;
  }
}

/** Averages and sums are over numbers, what is none is left out; of nothing there is no average, least or greatest. */
function aggregated(aggregate: Exclude<Aggregate, "COUNT">, values: readonly Json[]): Value {
  const numbers = values.filter((value) => typeof value === "number");
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (aggregate) {
    case "SUM":
      return finite(sum);
    case "AVG":
      return numbers.length === 0 ? undefined : finite(sum / numbers.length);
    case "MIN":
      return values.reduce<Value>((least, value) => extreme(least, value, -1), undefined);
    case "MAX":
      return values.reduce<Value>((greatest, value) => extreme(greatest, value, 1), undefined);
    default:
      return aggregate satisfies never;
  }
}

function extreme(best: Value, value: Json, sign: -1 | 1): Value {
  if (best === undefined) return value;
  const order = orderOf(value, best);
  return order !== undefined && order * sign > 0 ? value : best;
}
