import type { Json, JsonObject } from "./json.ts";
import { isJsonObject } from "./json.ts";

/** Sums of decimal fractions are not decimal fractions: what lies beyond these digits is none of the user's. */
const DIGITS = 12;

/**
 * Values with `step` added to their numbers `times` times: `{ temperature: 50 }` by `{ temperature: 0.5 }` is 51 after two.
 * What `step` does not name stays.
 */
export function steppedValues(
  values: JsonObject,
  step: JsonObject | undefined,
  times: number,
): JsonObject {
  if (step === undefined || times === 0) return values;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      stepped(value, Object.hasOwn(step, key) ? step[key] : undefined, times),
    ]),
  );
}

function stepped(value: Json, by: Json | undefined, times: number): Json {
  if (typeof value === "number" && typeof by === "number") {
    return Number((value + times * by).toPrecision(DIGITS));
  }
  return isJsonObject(value) && isJsonObject(by) ? steppedValues(value, by, times) : value;
}

/**
 * How often `step` was added to make `shown` of `values`, by the first number that it changes; 0 where it changes none, and
 * where `shown` has none there. Whether all else is so too is not looked at.
 */
export function timesStepped(
  values: JsonObject,
  step: JsonObject | undefined,
  shown: JsonObject,
): number {
  for (const [key, by] of Object.entries(step ?? {})) {
    const [from, to] = [values[key], shown[key]];
    if (typeof by === "number" && by !== 0 && typeof from === "number" && typeof to === "number") {
      return Math.max(0, Math.round((to - from) / by));
    }
    if (isJsonObject(by) && isJsonObject(from) && isJsonObject(to)) {
      const times = timesStepped(from, by, to);
      if (times > 0) return times;
    }
  }
  return 0;
}

/** A number of a step that cannot be added, and why. */
export interface StepProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** What keeps a step from being added to values: each of its numbers needs one at the same place. */
export function stepProblems(
  values: JsonObject,
  step: JsonObject,
  path: readonly string[] = [],
): readonly StepProblem[] {
  return Object.entries(step).flatMap(([key, by]): readonly StepProblem[] => {
    const place = [...path, key];
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (typeof by === "number") {
      if (typeof value === "number") return [];
      const got = value === undefined ? "nothing" : JSON.stringify(value);
      return [{ path: place, message: `expected a number there in desired too, got ${got}` }];
    }
    if (!isJsonObject(by)) {
      return [{ path: place, message: `expected a number, got ${JSON.stringify(by)}` }];
    }
    return stepProblems(isJsonObject(value) ? value : {}, by, place);
  });
}
