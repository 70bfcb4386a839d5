import { isDeepStrictEqual } from "node:util";
import type { Expression, Path } from "./expression.ts";
import { ExpressionParser } from "./parse-expression.ts";
import { jobFields } from "./job-fields.ts";
import { QueryError } from "./query-error.ts";
import { TokenReader } from "./token-reader.ts";
import { twinFields } from "./twin-fields.ts";

const AGGREGATES = ["COUNT", "AVG", "SUM", "MIN", "MAX"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** A member of the objects that a query gives. */
export type Projection = { readonly name: string } & (
  | { readonly kind: "value"; readonly path: Path }
  | { readonly kind: "count" }
  | {
      readonly kind: "aggregate";
      readonly aggregate: Exclude<Aggregate, "COUNT">;
      readonly path: Path;
    }
);

/** `SELECT … FROM devices …`, or from their jobs. */
export interface TwinQuery {
  readonly collection: "devices" | "devices.jobs";
  /** Undefined for `*`: whole twins. */
  readonly projections: readonly Projection[] | undefined;
  /** The most that is given; undefined where no TOP is written. */
  readonly top: number | undefined;
  readonly where: Expression | undefined;
  /** Undefined where neither GROUP BY nor an aggregate is written; empty where all is one group. */
  readonly groupBy: readonly Path[] | undefined;
}

/**
 * Reads a query over device twins, or over the jobs of devices.
 * Source of the grammar: Microsoft Learn, "IoT Hub query language for device and module twins, jobs, and message routing".
 *
 * @throws {QueryError} with the place of the first mistake, and for what Azure has and this has not
 */
export function parseTwinQuery(text: string): TwinQuery {
  const reader = new TokenReader(text);
  const collection = isFromJobs(reader) ? "devices.jobs" : "devices";
  const names = collection === "devices" ? twinFields : jobFields;
  const expressions = new ExpressionParser(reader, names);
  reader.expect("SELECT");
  const top = parseTop(reader);
  const listAt = reader.peek().at;
  const projections = reader.takes("*") ? undefined : parseProjections(reader, expressions);
  parseFrom(reader, collection);
  const where = reader.takes("WHERE") ? expressions.expression() : undefined;
  const groupBy = parseGroupBy(reader, expressions);
  reader.expectEnd(
    groupBy === undefined && where === undefined
      ? "expected WHERE, GROUP BY or the end"
      : "expected an operator, GROUP BY or the end",
  );
  return { collection, projections, top, where, groupBy: groupsOf(projections, groupBy, listAt) };
}

function parseTop(reader: TokenReader): number | undefined {
  if (!reader.takes("TOP")) return undefined;
  const token = reader.peek();
  if (token.kind !== "number" || !Number.isSafeInteger(token.value) || token.value < 1)
    reader.fail("expected an integer >= 1");
  reader.take();
  return token.value;
}

function parseProjections(
  reader: TokenReader,
  expressions: ExpressionParser,
): readonly Projection[] {
  const projections: Projection[] = [];
  const names = new Set<string>();
  do {
    const { at } = reader.peek();
    const projection = parseProjection(reader, expressions);
    if (names.has(projection.name))
      throw new QueryError(at, `a second ${projection.name}; name one of them with AS`);
    names.add(projection.name);
    projections.push(projection);
  } while (reader.takes(","));
  return projections;
}

function parseProjection(reader: TokenReader, expressions: ExpressionParser): Projection {
  if (reader.sees("(", 1)) return parseAggregate(reader, expressions);
  const path = expressions.path();
  // Without AS a value is named as the last part of its path.
  return { kind: "value", path, name: parseAlias(reader) ?? String(path.at(-1)) };
}

function parseAggregate(reader: TokenReader, expressions: ExpressionParser): Projection {
  const aggregate =
    reader.takesOneOf(AGGREGATES) ?? reader.fail(`expected one of ${AGGREGATES.join(", ")}`);
  reader.expect("(");
  const path = aggregate === "COUNT" ? undefined : expressions.path();
  reader.expect(")");
  const name = parseAlias(reader) ?? reader.fail("expected AS and a name for the aggregate");
  if (aggregate === "COUNT" || path === undefined) return { kind: "count", name };
  return { kind: "aggregate", aggregate, path, name };
}

function parseAlias(reader: TokenReader): string | undefined {
  if (!reader.takes("AS")) return undefined;
  const token = reader.peek();
  if (token.kind !== "word" && token.kind !== "name") reader.fail("expected a name");
  reader.take();
  return token.text;
}

const FROM_JOBS = ["FROM", "DEVICES", ".", "JOBS"] as const;

/** What names mean stands behind them: the list of SELECT comes before FROM. */
function isFromJobs(reader: TokenReader): boolean {
  for (let ahead = 0; reader.peek(ahead).kind !== "end"; ahead++)
    if (FROM_JOBS.every((text, n) => reader.sees(text, ahead + n))) return true;
  return false;
}

function parseFrom(reader: TokenReader, collection: TwinQuery["collection"]): void {
  reader.expect("FROM");
  reader.expect("DEVICES");
  if (collection === "devices.jobs") {
    reader.expect(".");
    reader.expect("JOBS");
  } else if (reader.takes("."))
    reader.fail("expected JOBS: of collections there are devices and devices.jobs");
}

function parseGroupBy(
  reader: TokenReader,
  expressions: ExpressionParser,
): readonly Path[] | undefined {
  if (!reader.takes("GROUP")) return undefined;
  reader.expect("BY");
  const paths = [expressions.path()];
  while (reader.takes(",")) paths.push(expressions.path());
  return paths;
}

/** How to group; what is selected beside aggregates must be what it is grouped by. */
function groupsOf(
  projections: readonly Projection[] | undefined,
  written: readonly Path[] | undefined,
  at: number,
): readonly Path[] | undefined {
  if (written === undefined && !(projections?.some(({ kind }) => kind !== "value") ?? false))
    return undefined;
  if (projections === undefined) throw new QueryError(at, "* cannot be grouped");
  const groupBy = written ?? [];
  for (const projection of projections)
    if (
      projection.kind === "value" &&
      !groupBy.some((path) => isDeepStrictEqual(path, projection.path))
    )
      throw new QueryError(
        at,
        `${projection.path.join(".")} stands beside an aggregate or a group and is not in GROUP BY`,
      );
  return groupBy;
}
