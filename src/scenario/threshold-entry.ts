import { z } from "zod";
import { describeIssue } from "../base/issue-problems.ts";
import { isJsonObject } from "../base/json.ts";
import { nearest } from "../base/nearest.ts";
import { parseDuration } from "../base/units.ts";
import { abortProblem } from "../metrics/abort-watch.ts";
import { pointed } from "../metrics/cursor.ts";
import { parseThreshold } from "../metrics/thresholds.ts";
import { durationField, thresholdField } from "./fields.ts";

/** A threshold, and whether the run ends as soon as it fails. */
export interface WrittenThreshold {
  readonly expression: string;
  /** Absent = it is judged at the end alone. */
  readonly abort?: { readonly graceMs: number } | undefined;
}

const withAbort = z.strictObject({
  threshold: thresholdField.meta({ description: "The threshold" }),
  abortOnFail: z
    .boolean()
    .default(false)
    .meta({ description: "End the run as soon as the threshold fails" }),
  grace: durationField
    .optional()
    .meta({ description: "With abortOnFail: it is not looked at before this time; default 0s" }),
});

/** A threshold alone, or `{ threshold, abortOnFail, grace }`. */
export const thresholdEntry = z.unknown().transform((written, context): WrittenThreshold => {
  const tell = (path: readonly PropertyKey[], message: string): void =>
    context.addIssue({ code: "custom", path: [...path], message });
  if (!isJsonObject(written)) {
    const parsed = thresholdField.safeParse(written);
    if (parsed.success) return { expression: parsed.data };
    for (const { message } of parsed.error.issues) tell([], message);
    return z.NEVER;
  }
  const parsed = withAbort.safeParse(written, { error: describeIssue });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      if (issue.code !== "unrecognized_keys") tell(issue.path, issue.message);
      else for (const key of issue.keys) tell([key], unknownKey(key));
    }
    return z.NEVER;
  }
  const { threshold: expression, abortOnFail, grace } = parsed.data;
  if (!abortOnFail) {
    if (grace !== undefined) tell(["grace"], "expected none without abortOnFail: true, got some");
    return { expression };
  }
  const problem = refusal(expression);
  if (problem !== undefined) tell(["threshold"], problem);
  return { expression, abort: { graceMs: parseDuration(grace ?? "0s") ?? 0 } };
});

/** What may be written there, for editors. */
export const thresholdAsWritten = z.union([thresholdField, withAbort]);

function refusal(expression: string): string | undefined {
  const parsed = parseThreshold(expression);
  const problem = "threshold" in parsed ? abortProblem(parsed.threshold) : undefined;
  return problem && pointed(problem, expression, expression.search(/\S/));
}

function unknownKey(key: string): string {
  const known = Object.keys(withAbort.shape);
  const near = nearest(key, known);
  const mend = near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${near}?`;
  return `unknown key "${key}"; ${mend}`;
}
