import type { Path } from "./expression.ts";
import type { Vocabulary } from "./parse-expression.ts";
import { QueryError } from "./query-error.ts";

/**
 * The names in a query over a collection of documents. The service's own may be written in any case, as Microsoft's
 * samples do, and behind the collection's name; names below them are the user's and must match exactly.
 *
 * @param fields members of a document, `outer.inner` where `outer` has nothing of the user's
 * @param options `what`: a document, as an error calls it
 */
export function vocabularyOf(
  fields: readonly string[],
  { collection, what }: { readonly collection: readonly string[]; readonly what: string },
): Vocabulary {
  /** By lower case, each with its parts. */
  const known = new Map(
    fields.flatMap((field) => {
      const [root = "", ...member] = field.split(".");
      const parts: [string, ...string[]][] = [[root], [root, ...member]];
      return parts.map((part) => [part.join(".").toLowerCase(), part] as const);
    }),
  );
  return (written: Path, at: number): Path => {
    const path = withoutCollection(written, collection);
    const [root, member, ...rest] = path;
    const own = known.get(`${root}.${member}`.toLowerCase());
    if (own !== undefined) return [...own, ...rest];
    const whole = known.get(root.toLowerCase());
    if (whole === undefined)
      throw new QueryError(at, `${what} has no ${root}; its members are ${fields.join(", ")}`);
    return [...whole, ...path.slice(1)];
  };
}

function withoutCollection(path: Path, collection: readonly string[]): Path {
  const isThere = collection.every((part, n) => String(path[n]).toLowerCase() === part);
  const [root, ...rest] = path.slice(collection.length);
  return isThere && typeof root === "string" ? [root, ...rest] : path;
}
