import type { z } from "zod";

import { FleetError } from "../base/errors.ts";
import { flagOf } from "./flag-fields.ts";

/**
 * What yargs read, checked by a command's schema; what it does not name is left out.
 *
 * @param command its words, for the hint, such as `ca add`
 * @param positionals how help shows each positional, such as `{ ids: "ID" }`; everything else is a flag
 * @throws {FleetError} `USAGE` with every problem at its flag
 */
export function parseFlags<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  command: string,
  positionals: Readonly<Record<string, string>> = {},
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new FleetError("USAGE", "the command line is wrong", {
    hint: `see ${command} --help`,
    problems: parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0] ?? "");
      return { place: positionals[name] ?? flagOf(name), message };
    }),
  });
}
