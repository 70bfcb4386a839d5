import { nearest } from "../../src/base/nearest.ts";
import type { Json, JsonObject } from "../../src/model/model.ts";

/** Takes a problem: where it is (`fields.temperature.sine.period`), and what was expected and what was there. */
export type Tell = (path: string, message: string) => void;

export interface NumberRule {
  /** Absent = the key is required. */
  readonly byDefault?: number;
  /** Bounds that are allowed themselves. */
  readonly least?: number;
  readonly most?: number;
  /** A bound that is not allowed itself. */
  readonly above?: number;
  readonly whole?: boolean;
}

/**
 * A mapping of nested settings, read key by key. Every problem is told and reading goes on with a value of the right
 * type, so that all of them are found at once; what was read counts for nothing once anything was told.
 */
export class Mapping {
  readonly path: string;
  readonly #members: JsonObject;
  readonly #tell: Tell;
  readonly #asked = new Set<string>();

  constructor(members: JsonObject, path: string, tell: Tell) {
    this.#members = members;
    this.path = path;
    this.#tell = tell;
  }

  /** @param expected what errors ask for where `raw` is no mapping; absent = `a mapping` */
  static of(raw: Json | undefined, path: string, tell: Tell, expected = "a mapping"): Mapping {
    if (isMapping(raw)) return new Mapping(raw, path, tell);
    tell(path, `expected ${expected}, got ${shown(raw)}`);
    return new Mapping({}, path, () => undefined);
  }

  keys(): readonly string[] {
    return Object.keys(this.#members);
  }

  has(key: string): boolean {
    this.#asked.add(key);
    return Object.hasOwn(this.#members, key);
  }

  /** What stands there, of any kind; undefined = nothing. */
  value(key: string): Json | undefined {
    this.#asked.add(key);
    return Object.hasOwn(this.#members, key) ? this.#members[key] : undefined;
  }

  number(key: string, rule: NumberRule = {}): number {
    const value = this.value(key);
    if (value === undefined && rule.byDefault !== undefined) return rule.byDefault;
    return numberFrom(value, this.at(key), this.#tell, rule);
  }

  /** A number, or undefined where there is none. */
  optionalNumber(key: string, rule: NumberRule = {}): number | undefined {
    return this.has(key) ? this.number(key, rule) : undefined;
  }

  /** A text that is not empty; without a default it is required. */
  text(key: string, byDefault?: string): string {
    const value = this.value(key);
    if (value === undefined && byDefault !== undefined) return byDefault;
    if (typeof value === "string" && value !== "") return value;
    this.refuse(key, "a text");
    return "";
  }

  flag(key: string, byDefault: boolean): boolean {
    const value = this.value(key);
    if (value === undefined) return byDefault;
    if (typeof value !== "boolean") this.refuse(key, "true or false");
    return value === true;
  }

  /** One of `choices`; the first is the default. */
  choice<Choice extends string>(key: string, choices: readonly [Choice, ...Choice[]]): Choice {
    const value = this.value(key);
    if (value === undefined) return choices[0];
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.refuse(key, `one of ${choices.join(", ")}`);
    return found ?? choices[0];
  }

  /** The mapping under `key`; an empty one where there is none. */
  part(key: string, expected?: string): Mapping {
    const value = this.value(key);
    return Mapping.of(value === undefined ? {} : value, this.at(key), this.#tell, expected);
  }

  at(key: string): string {
    return this.path === "" ? key : `${this.path}.${key}`;
  }

  /** Tells that what stands under `key` is not what is `expected`. */
  refuse(key: string, expected: string): void {
    this.#tell(this.at(key), `expected ${expected}, got ${shown(this.value(key))}`);
  }

  /** Tells every key that nobody asked for, with the nearest that there is. */
  close(noun = "setting"): void {
    for (const key of this.keys()) {
      if (!this.#asked.has(key)) this.#tell(this.at(key), unknownEntry(key, this.#asked, noun));
    }
  }
}

/** A finite number within the rule's bounds; else told, and one that will do. */
export function numberFrom(
  value: Json | undefined,
  path: string,
  tell: Tell,
  rule: NumberRule = {},
): number {
  const { least = -Infinity, most = Infinity, above = -Infinity, whole = false } = rule;
  const isGood =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= least &&
    value <= most &&
    value > above &&
    (!whole || Number.isInteger(value));
  if (isGood) return value;
  tell(path, `expected ${expectedNumber(rule)}, got ${shown(value)}`);
  return rule.byDefault ?? 1;
}

/** `there is no such method; did you mean reset?` */
export function unknownEntry(key: string, known: Iterable<string>, noun: string): string {
  const all = [...known];
  const near = nearest(key, all);
  if (near !== undefined) return `there is no such ${noun}; did you mean ${near}?`;
  return `there is no such ${noun}; there ${all.length === 0 ? "are none" : `are ${all.join(", ")}`}`;
}

/** Whether `key` was probably meant to be one of `known`. */
export function isNearly(key: string, known: Iterable<string>): boolean {
  return nearest(key, known) !== undefined;
}

/** A number's kind and bounds, as errors ask for it: `a whole number from 1 to 6`. */
export function expectedNumber({ least, most, above, whole = false }: NumberRule): string {
  const noun = whole ? "a whole number" : "a number";
  if (least !== undefined && most !== undefined) return `${noun} from ${least} to ${most}`;
  const lower =
    above === undefined
      ? least === undefined
        ? undefined
        : `of at least ${least}`
      : `above ${above}`;
  const upper = most === undefined ? undefined : `at most ${most}`;
  return [noun, [lower, upper].filter((bound) => bound !== undefined).join(" and ")]
    .filter((part) => part !== "")
    .join(" ");
}

/** A value as errors show it: short, one line. */
export function shown(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (isList(value)) return "a list";
  if (isMapping(value)) return "a mapping";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function isMapping(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
