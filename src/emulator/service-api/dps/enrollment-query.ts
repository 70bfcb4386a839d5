import { z } from "zod";
import { ServiceFault } from "../../fault.ts";
import { parseBody } from "../replies.ts";

/** All that clients send: `*` (Node), `SELECT *` (Azure CLI), `SELECT * FROM enrollments` (C#, Java). */
const QUERY = /^\s*(?:\*|select\s+\*(?:\s+from\s+([a-z]+))?)\s*$/i;

/**
 * Reads the body of the queries of DPS, which give everything; no other query is documented.
 *
 * @param sources what may be named after FROM, in lower case
 * @throws {ServiceFault} `badRequest`
 */
export function requireQueryOfAll(body: unknown, sources: readonly string[]): void {
  const { query } = parseBody(z.object({ query: z.string() }), body);
  const parts = QUERY.exec(query);
  const source = parts?.[1]?.toLowerCase();
  if (parts === null || (source !== undefined && !sources.includes(source)))
    throw new ServiceFault("badRequest", `query: expected *, or SELECT * FROM ${sources[0]}.`);
}
