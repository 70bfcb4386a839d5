import type { Argv } from "yargs";
import { z } from "zod";

import { once } from "../flag-fields.ts";
import type { AskedIds } from "./asked-leaves.ts";

/** Schema of the options of {@link askedOptions}; {@link oneWayOfAsking} belongs to it. */
export const askedFields = {
  ids: z.array(z.string().min(1, "expected a registration id, got an empty one")).default([]),
  pattern: once.min(1, "expected a pattern, got an empty one").optional(),
  from: once.min(1, "expected a file, got an empty name").optional(),
};

/** Adds which devices are meant: ids, a pattern, or a table. */
export function askedOptions<T>(yargs: Argv<T>): Argv<T> {
  return yargs
    .positional("ids", { type: "string", array: true, describe: "registration ids" })
    .option("pattern", {
      type: "string",
      requiresArg: true,
      describe: "ids as shells expand braces, such as 'cave{1..30}' or 'cave{001..100}'",
    })
    .option("from", {
      type: "string",
      requiresArg: true,
      describe: "table of devices, CSV",
    });
}

/** Refines a schema: exactly one of the three is given. */
export function oneWayOfAsking(
  { ids, pattern, from }: AskedIds,
  context: { addIssue: (issue: { code: "custom"; path: string[]; message: string }) => void },
): void {
  const given = [ids.length > 0, pattern !== undefined, from !== undefined];
  if (given.filter(Boolean).length === 1) return;
  const got = given.some(Boolean) ? "more than one" : "none";
  const message = `expected registration ids, --pattern or --from, got ${got} of them`;
  context.addIssue({ code: "custom", path: ["ids"], message });
}
