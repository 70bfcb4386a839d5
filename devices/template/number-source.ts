import type { NumberRule } from "../shared/mapping.ts";
import { expectedNumber, isMapping, Mapping, numberFrom } from "../shared/mapping.ts";
import type { Json } from "../../src/model/model.ts";
import type { GeneratorContext, Sources } from "./generator.ts";
import { unknownProperty } from "./unknown-property.ts";

/** A number that stands in the settings, or that a desired property holds at the moment. */
export type NumberSource = (context: GeneratorContext) => () => number;

/** Reads `20`, or `{ from: setpoint }` with the name of a desired property that holds a number. */
export function numberSource(
  raw: Json | undefined,
  path: string,
  sources: Sources,
  rule: NumberRule = {},
): NumberSource {
  if (raw === undefined && rule.byDefault !== undefined) return fixed(rule.byDefault);
  if (!isMapping(raw)) {
    if (raw === undefined) {
      sources.tell(path, `expected ${expectedNumber(rule)} or { from: PROPERTY }, got nothing`);
      return fixed(0);
    }
    return fixed(numberFrom(raw, path, sources.tell, rule));
  }
  const mapping = new Mapping(raw, path, sources.tell);
  const name = mapping.text("from");
  mapping.close();
  if (name !== "" && !sources.numbers.has(name)) {
    sources.tell(mapping.at("from"), unknownProperty(name, sources.numbers, "that holds a number"));
  }
  return (context) => () => {
    const value = context.property(name);
    return typeof value === "number" ? value : 0;
  };
}

function fixed(value: number): NumberSource {
  return () => () => value;
}
