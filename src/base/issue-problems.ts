import type { z } from "zod";
import type { Problem } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { knownKeys } from "./known-keys.ts";
import { showValue } from "./show-value.ts";
import type { YamlSource } from "./yaml-source.ts";

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  string: "a text",
  number: "a number",
  boolean: "true or false",
};

/** The message where a field has none of its own; undefined = the schema library's. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "invalid_type") return undefined;
  return `expected ${TYPE_NAMES[issue.expected] ?? issue.expected}, got ${showValue(issue.input)}`;
}

/** What was read, and where everything of it stands. */
export type Read = Pick<YamlSource, "value" | "placeOf">;

/**
 * Every issue at its place, such as file, line, column and path; an unknown key with the nearest one that `schema` knows there.
 */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType,
  read: Read,
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    if (issue.code !== "unrecognized_keys") {
      return [{ place: read.placeOf(issue.path), message: issue.message }];
    }
    const known = knownKeys(schema, issue.path, read.value);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      return {
        place: read.placeOf([...issue.path, key]),
        message: `unknown key "${key}"`,
        hint: near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${near}?`,
      };
    });
  });
}
