import { z } from "zod";
import { describeIssue } from "../base/issue-problems.ts";
import type { JsonObject } from "../base/json.ts";
import { nearest } from "../base/nearest.ts";
import { fileField } from "./fields.ts";

/** Draws around a mean; what lies beyond `min` or `max` is taken there. `min` <= `max`. */
export interface Normal {
  readonly kind: "normal";
  readonly mean: number;
  /** Standard deviation, >= 0. */
  readonly sd: number;
  /** Infinite where there is no such bound. */
  readonly min: number;
  readonly max: number;
}

/** Draws evenly from `low` <= `high`. */
export interface Uniform {
  readonly kind: "uniform";
  readonly low: number;
  readonly high: number;
}

/** Where a value comes from that differs among the devices of an entry; numbers of intervals are ms. */
export type Distribution<Value> =
  | Normal
  | Uniform
  /** At least one, dealt in turn. */
  | { readonly kind: "list"; readonly values: readonly Value[] }
  /** A column of a table (CSV); `file` is relative to the scenario. */
  | { readonly kind: "column"; readonly column: string; readonly file: string };

/** What is wrong with a distribution, and where in it. */
export interface DistributionIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The key by which each kind of distribution is written. */
export const DISTRIBUTION_KEYS = ["normal", "uniform", "list", "column"] as const;

/** Whether a mapping is meant as a distribution: it has the key of one. */
export const isDistribution = (written: JsonObject): boolean =>
  DISTRIBUTION_KEYS.some((key) => Object.hasOwn(written, key));

/** What numbers ask of one another is judged only where each of them is one. */
const isWhole = ({ issues }: { readonly issues: readonly unknown[] }): boolean =>
  issues.length === 0;

/**
 * How the distributions of one quantity are written.
 *
 * @param number reads a mean and a bound
 * @param spread reads a standard deviation, >= 0
 * @param value reads a value of a list
 */
export function distributionForms<Value>(
  number: z.ZodType<number>,
  spread: z.ZodType<number>,
  value: z.ZodType<Value>,
) {
  return {
    normal: z
      .strictObject({
        normal: z.tuple([number, spread], { error: "expected [mean, standard deviation]" }),
        min: number.optional(),
        max: number.optional(),
      })
      .refine(({ min, max }) => min === undefined || max === undefined || min <= max, {
        path: ["max"],
        when: isWhole,
        error: "expected no less than min",
      }),
    uniform: z
      .strictObject({ uniform: z.tuple([number, number], { error: "expected [least, most]" }) })
      .refine(({ uniform: [low, high] }) => low <= high, {
        path: ["uniform"],
        when: isWhole,
        error: "expected [least, most], got them the other way round",
      }),
    list: z.strictObject({
      list: z
        .array(value, { error: "expected a list of values" })
        .min(1, { error: "expected at least one value" }),
    }),
    column: z.strictObject({
      column: z.string({ error: "expected the name of a column" }).min(1, {
        error: "expected the name of a column",
      }),
      file: fileField,
    }),
  };
}

export type DistributionForms<Value> = ReturnType<typeof distributionForms<Value>>;

/** Reads a mapping that `isDistribution`. Never throws. */
export function parseDistribution<Value>(
  written: JsonObject,
  forms: DistributionForms<Value>,
): { readonly distribution: Distribution<Value> } | { readonly issues: DistributionIssue[] } {
  const [key, another] = DISTRIBUTION_KEYS.filter((one) => Object.hasOwn(written, one));
  if (key === undefined || another !== undefined) {
    const got = key === undefined ? "none of them" : `${key} and ${another}`;
    const message = `expected one of ${DISTRIBUTION_KEYS.join(", ")}, got ${got}`;
    return { issues: [{ path: [], message }] };
  }
  const read = <Form extends z.ZodObject, Read extends Distribution<Value>>(
    form: Form,
    toDistribution: (parsed: z.output<Form>) => Read,
  ): { readonly distribution: Read } | { readonly issues: DistributionIssue[] } => {
    const parsed = form.safeParse(written, { error: describeIssue });
    return parsed.success
      ? { distribution: toDistribution(parsed.data) }
      : {
          issues: parsed.error.issues.flatMap((issue) => toIssues(issue, Object.keys(form.shape))),
        };
  };
  switch (key) {
    case "normal":
      return read(forms.normal, ({ normal: [mean, sd], min = -Infinity, max = Infinity }) => ({
        kind: "normal",
        mean,
        sd,
        min,
        max,
      }));
    case "uniform":
      return read(forms.uniform, ({ uniform: [low, high] }) => ({ kind: "uniform", low, high }));
    case "list":
      return read(forms.list, ({ list: values }) => ({ kind: "list", values }));
    case "column":
      return read(forms.column, ({ column, file }) => ({ kind: "column", column, file }));
    default:
      return key satisfies never;
  }
}

function toIssues(issue: z.core.$ZodIssue, known: readonly string[]): readonly DistributionIssue[] {
  if (issue.code !== "unrecognized_keys") return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const mend = near === undefined ? `known here: ${known.join(", ")}` : `did you mean ${near}?`;
    return { path: [...issue.path, key], message: `unknown key "${key}"; ${mend}` };
  });
}
