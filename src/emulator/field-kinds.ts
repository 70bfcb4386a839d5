import { z } from "zod";
import { showValue } from "../base/show-value.ts";

type Input = { readonly input?: unknown };

/** A number in a range; `most` undefined is no bound. */
export function numeric(least: number, most: number | undefined, kind: "number" | "whole number") {
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  const error = ({ input }: Input): string =>
    `expected a ${kind} ${range}, got ${showValue(input)}`;
  const bare = kind === "number" ? z.number({ error }) : z.int({ error });
  const bounded = bare.min(least, { error });
  return most === undefined ? bounded : bounded.max(most, { error });
}

/** Durations may have fractions. */
export const duration = numeric(0, undefined, "number");
export const count = numeric(0, undefined, "whole number");
export const positive = numeric(1, undefined, "whole number");
export const positiveRate = z.number().positive({
  error: ({ input }: Input) => `expected a number above 0, got ${showValue(input)}`,
});
export const integer = z.int({
  error: ({ input }: Input) => `expected a whole number, got ${showValue(input)}`,
});
export const onOff = z.boolean({
  error: ({ input }: Input) => `expected true or false, got ${showValue(input)}`,
});
export const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, {
    error: ({ input }: Input) => `expected one of ${values.join(", ")}, got ${showValue(input)}`,
  });
