import { expectedNumber, isMapping, Mapping, numberFrom, shown } from "../shared/mapping.ts";
import type { Tell } from "../shared/mapping.ts";
import { intervalOf, numberOf } from "../shared/desired.ts";
import type { Json } from "../../src/model/model.ts";

const TYPES = ["number", "integer", "text", "boolean", "any"] as const;
export type PropertyType = (typeof TYPES)[number];

/** A desired property that the device obeys. */
export interface DesiredProperty {
  readonly type: PropertyType;
  /** In use until a twin or a method says otherwise; undefined = nothing, which only the interval may have. */
  readonly byDefault: Json | undefined;
  /** What a wish means to the device; undefined = it is refused. Numbers may come as texts, as older operators send them. */
  accept(wish: Json): Json | undefined;
  /** What `accept` takes, for the one who asked: `a number from 5 to 35`. */
  readonly expected: string;
}

/** Reads `setpoint: 21`, or `setpoint: { default: 21, type, min, max, values }`. */
export function readProperty(raw: Json, path: string, tell: Tell): DesiredProperty {
  const mapping = isMapping(raw)
    ? new Mapping(raw, path, tell)
    : new Mapping({ default: raw }, path, tell);
  const byDefault = mapping.value("default");
  const type = mapping.has("type") ? mapping.choice("type", TYPES) : typeOf(byDefault ?? null);
  const isNumber = type === "number" || type === "integer";
  const range = isNumber ? readRange(mapping, type === "integer") : undefined;
  const values = readValues(mapping, tell);
  mapping.close();
  const expected =
    values !== undefined
      ? `one of ${values.map((value) => shown(value)).join(", ")}`
      : range !== undefined
        ? expectedNumber(range)
        : EXPECTED[type];
  const property: DesiredProperty = {
    type,
    byDefault,
    expected,
    accept: (wish) => {
      const value = isNumber ? numberOf(wish) : wish;
      if (value === undefined || !fits(value, type)) return undefined;
      if (values !== undefined && !values.includes(value)) return undefined;
      if (range !== undefined && typeof value === "number" && !isWithin(value, range))
        return undefined;
      return value;
    },
  };
  if (byDefault === undefined) {
    tell(mapping.at("default"), "expected the value before a twin has one, got nothing");
  } else if (property.accept(byDefault) !== byDefault) {
    tell(mapping.at("default"), `expected ${expected}, got ${shown(byDefault)}`);
  }
  return property;
}

/** The property that sets the seconds between messages; without a default it is the scenario's interval. */
export const INTERVAL_PROPERTY: DesiredProperty = {
  type: "number",
  byDefault: undefined,
  expected: "a number of seconds above 0 and at most 86400",
  accept: intervalOf,
};

interface Range {
  readonly least?: number;
  readonly most?: number;
  readonly whole: boolean;
}

function readRange(mapping: Mapping, whole: boolean): Range {
  const least = mapping.optionalNumber("min", { whole });
  const most = mapping.optionalNumber("max", { whole });
  if (least !== undefined && most !== undefined && most < least) {
    mapping.refuse("max", `at least min, ${least}`);
  }
  return {
    ...(least === undefined ? {} : { least }),
    ...(most === undefined ? {} : { most }),
    whole,
  };
}

function isWithin(value: number, range: Range): boolean {
  let isGood = true;
  numberFrom(value, "", () => (isGood = false), range);
  return isGood;
}

function readValues(mapping: Mapping, tell: Tell): readonly Json[] | undefined {
  if (!mapping.has("values")) return undefined;
  const values = mapping.value("values");
  if (Array.isArray(values) && values.length > 0) return [...values];
  tell(mapping.at("values"), "expected a list with at least one value");
  return undefined;
}

function fits(value: Json, type: PropertyType): boolean {
  switch (type) {
    case "number":
    case "integer":
      return typeof value === "number";
    case "text":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "any":
      return value !== null;
  }
  return type satisfies never;
}

function typeOf(value: Json): PropertyType {
  if (typeof value === "number") return "number";
  if (typeof value === "string") return "text";
  return typeof value === "boolean" ? "boolean" : "any";
}

const EXPECTED: Readonly<Record<PropertyType, string>> = {
  number: "a number",
  integer: "a whole number",
  text: "a text",
  boolean: "true or false",
  any: "a value",
};
