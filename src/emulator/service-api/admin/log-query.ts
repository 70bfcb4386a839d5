import { z } from "zod";
import type { LogCategory } from "../../resource-logs/log-record.ts";
import { LOG_CATEGORIES } from "../../resource-logs/log-record.ts";
import type { ReadLogOptions } from "../../resource-logs/resource-log.ts";
import { parseBody } from "../replies.ts";

const category = z.enum(LOG_CATEGORIES, {
  error: ({ input }) => `expected one of ${LOG_CATEGORIES.join(", ")}, got ${String(input)}`,
});
const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

const logQuery = z.strictObject({
  /** Several are divided by commas, or given one by one. */
  category: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(",")))
    .pipe(z.array(category))
    .transform((names): ReadonlySet<LogCategory> => new Set(names))
    .optional(),
  from: z
    .union([z.enum(["earliest", "latest"]), moment.transform((text) => Date.parse(text))], {
      error: "expected earliest, latest or an ISO 8601 time such as 2026-01-31T12:00:00Z",
    })
    .default("earliest"),
  follow: z.enum(["true", "false"]).default("false"),
});

/** What a reader of resource logs asks for. @throws {ServiceFault} `badRequest` with every problem */
export function parseLogQuery(query: unknown): Omit<ReadLogOptions, "signal"> {
  const { category: categories, from, follow } = parseBody(logQuery, query, "query");
  return { categories, from, follow: follow === "true" };
}
