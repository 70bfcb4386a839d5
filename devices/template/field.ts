import { isList, isMapping, isNearly, Mapping, unknownEntry } from "../shared/mapping.ts";
import type { Json, JsonObject } from "../../src/model/model.ts";
import { GENERATORS } from "./generators.ts";
import { bareValue } from "./generators/constant.ts";
import type { Recipe, Sources } from "./generator.ts";

/** A value of the message: how it is made and written. */
export interface Leaf {
  readonly kind: "leaf";
  /** Names of the way to it, joined by dots: `position.lat`. */
  readonly name: string;
  readonly recipe: Recipe;
  /** Numbers are rounded to so many; undefined = as they are. */
  readonly decimals: number | undefined;
  /** Whether the value is written as a text. */
  readonly asText: boolean;
}

/** An object of the message. */
export interface Branch {
  readonly kind: "branch";
  readonly fields: ReadonlyMap<string, Field>;
}

export type Field = Leaf | Branch;

/** So many objects may be within one another; an alias of YAML may lead back to itself. */
const DEEPEST = 16;

/** What may stand beside a generator. */
const OPTIONS = ["decimals", "asText", "pick"];

/** By which the settings of a generator are known, should its name be mistyped. */
const PARAMETERS = ["min", "max", "mean", "start", "step", "period", "target", "chance", "file"];

/** Reads `fields`: by name a bare value, a mapping with one generator, or a mapping of more fields. */
export function readFields(mapping: Mapping, sources: Sources, around = ""): Branch {
  const fields = new Map<string, Field>();
  if (around.split(".").length > DEEPEST) {
    sources.tell(mapping.path, `expected at most ${DEEPEST} levels of fields, got more`);
    return { kind: "branch", fields };
  }
  for (const key of mapping.keys()) {
    const name = around === "" ? key : `${around}.${key}`;
    if (key === "" || key.includes(".") || key === "__proto__")
      sources.tell(mapping.at(key), "expected a name without dots");
    fields.set(key, readField(mapping.value(key) ?? null, name, mapping.at(key), sources));
  }
  return { kind: "branch", fields };
}

function readField(raw: Json, name: string, path: string, sources: Sources): Field {
  if (!isMapping(raw)) {
    return { kind: "leaf", name, recipe: bareValue(raw), decimals: undefined, asText: false };
  }
  const mapping = new Mapping(raw, path, sources.tell);
  const generators = mapping.keys().filter((key) => Object.hasOwn(GENERATORS, key));
  if (mapping.has("object") || (generators.length === 0 && !looksLikeGenerator(raw))) {
    const inner = mapping.has("object") ? mapping.part("object") : mapping;
    if (mapping.has("object")) mapping.close();
    if (inner.keys().length === 0)
      sources.tell(inner.path, "expected at least one field, got none");
    return readFields(inner, sources, name);
  }
  return readLeaf(mapping, generators, name, sources);
}

function readLeaf(
  mapping: Mapping,
  generators: readonly string[],
  name: string,
  sources: Sources,
): Leaf {
  const decimals = mapping.optionalNumber("decimals", { least: 0, most: 15, whole: true });
  const asText = mapping.flag("asText", false);
  const [first, second] = generators;
  const kind = first === undefined ? undefined : GENERATORS[first];
  let recipe: Recipe = bareValue(null);
  if (first === undefined || kind === undefined) {
    tellNoGenerator(mapping, sources);
    return { kind: "leaf", name, recipe, decimals, asText };
  }
  recipe = kind.read(mapping.value(first) ?? null, mapping.at(first), sources, mapping);
  if (second !== undefined) {
    sources.tell(mapping.path, `expected one generator, got ${generators.join(" and ")}`);
    for (const other of generators) mapping.value(other);
  }
  mapping.close();
  return { kind: "leaf", name, recipe, decimals, asText };
}

/**
 * Whether a mapping without a known generator was meant to have one: there are options beside it, or its one key is
 * nearly a generator's name and holds what such a generator takes.
 */
function looksLikeGenerator(raw: JsonObject): boolean {
  const keys = Object.keys(raw);
  if (keys.some((key) => OPTIONS.includes(key))) return true;
  const [key = ""] = keys;
  const value = raw[key];
  const isNear = keys.length === 1 && isNearly(key, Object.keys(GENERATORS));
  return isNear && (isList(value) || hasParameters(value));
}

function hasParameters(value: Json | undefined): boolean {
  return isMapping(value) && PARAMETERS.some((name) => Object.hasOwn(value, name));
}

function tellNoGenerator(mapping: Mapping, { tell }: Sources): void {
  const others = mapping.keys().filter((key) => !OPTIONS.includes(key));
  const [only] = others;
  if (only === undefined) {
    tell(mapping.path, `expected a generator beside ${mapping.keys().join(", ")}, got none`);
    return;
  }
  const hint = "; fields within a field of such names are written as { object: { … } }";
  for (const key of others)
    tell(mapping.at(key), unknownEntry(key, Object.keys(GENERATORS), "generator") + hint);
}

/** Every leaf below a field, in the order in which they are written. */
export function leavesOf(field: Field): readonly Leaf[] {
  return field.kind === "leaf" ? [field] : [...field.fields.values()].flatMap(leavesOf);
}
