import { nearest } from "../../src/base/nearest.ts";
import type { Json, JsonObject } from "../../src/model/model.ts";

/** What one setting may be. */
export type SettingRule =
  | {
      readonly kind: "choice";
      /** The default first, as errors list them. */
      readonly choices: readonly string[];
    }
  | {
      readonly kind: "number";
      /** Bounds that are allowed themselves. */
      readonly least?: number;
      readonly most?: number;
      /** A bound that is not allowed itself. */
      readonly above?: number;
      readonly whole?: boolean;
      /** As people write it: `s`, `°F`, `%`. */
      readonly unit?: string;
    }
  | {
      readonly kind: "text";
      /** Characters; absent = 1 and 256. */
      readonly shortest?: number;
      readonly longest?: number;
    }
  | { readonly kind: "flag" };

export type SettingRules = Readonly<Record<string, SettingRule>>;

const SHORTEST_TEXT = 1;
const LONGEST_TEXT = 256;

/**
 * Every problem of what a scenario sets, one line each, `key: what is wrong`; [] = good. Never throws.
 *
 * @param noun what errors call an entry: `setting` of a model, `parameter` of a fault
 */
export function settingsProblems(
  rules: SettingRules,
  raw: JsonObject,
  noun = "setting",
): readonly string[] {
  return Object.entries(raw).flatMap(([key, value]) => {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule === undefined) return [`${key}: ${unknownEntry(key, Object.keys(rules), noun)}`];
    return isGood(rule, value)
      ? []
      : [`${key}: expected ${expectation(rule)}, got ${JSON.stringify(value)}`];
  });
}

function unknownEntry(key: string, known: readonly string[], noun: string): string {
  const near = nearest(key, known);
  if (near !== undefined) return `there is no such ${noun}; did you mean ${near}?`;
  return known.length === 0
    ? `there is no such ${noun}; there are none`
    : `there is no such ${noun}; there are ${known.join(", ")}`;
}

function isGood(rule: SettingRule, value: Json): boolean {
  switch (rule.kind) {
    case "choice":
      return rule.choices.some((choice) => choice === value);
    case "number":
      return (
        typeof value === "number" &&
        Number.isFinite(value) &&
        value >= (rule.least ?? -Infinity) &&
        value <= (rule.most ?? Infinity) &&
        value > (rule.above ?? -Infinity) &&
        (rule.whole !== true || Number.isInteger(value))
      );
    case "text":
      return (
        typeof value === "string" &&
        value.length >= (rule.shortest ?? SHORTEST_TEXT) &&
        value.length <= (rule.longest ?? LONGEST_TEXT)
      );
    case "flag":
      return typeof value === "boolean";
  }
  return rule satisfies never;
}

function expectation(rule: SettingRule): string {
  switch (rule.kind) {
    case "choice":
      return `one of ${rule.choices.join(", ")}`;
    case "number":
      return numberExpectation(rule);
    case "text": {
      const { shortest = SHORTEST_TEXT, longest = LONGEST_TEXT } = rule;
      return `a text of ${shortest} to ${longest} characters`;
    }
    case "flag":
      return "true or false";
  }
  return rule satisfies never;
}

function numberExpectation(rule: Extract<SettingRule, { kind: "number" }>): string {
  const { least, most, above, whole = false, unit } = rule;
  const bounds = [
    above === undefined ? "" : ` above ${above}`,
    least === undefined ? "" : ` of at least ${least}`,
    most === undefined
      ? ""
      : ` ${above === undefined && least === undefined ? "of " : ""}at most ${most}`,
  ].filter((bound) => bound !== "");
  const range =
    least !== undefined && most !== undefined ? ` from ${least} to ${most}` : bounds.join(" and");
  const inUnit = unit === undefined ? "" : ` (${unit})`;
  return `a ${whole ? "whole " : ""}number${range}${inUnit}`;
}
