import { isMapping, Mapping, unknownEntry } from "../shared/mapping.ts";
import type { Tell } from "../shared/mapping.ts";
import type { Json } from "../../src/model/model.ts";
import { parseCondition } from "./condition.ts";

/** One application property: its text at the moment, or undefined where the message goes without it. */
export type MessageProperty = (
  valueOf: (name: string) => Json,
  deviceId: string,
) => string | undefined;

/** Names that the fleet gives to every message itself. */
const TAKEN = new Set(["seq", "boot"]);
const DEVICE_ID = "{deviceId}";

/**
 * Reads `properties`: constants (`sensorID: S1`, `{deviceId}` in a text), a field (`{ field: mode }`), or a condition
 * (`{ when: temperature > 30 }`, with the texts for true and false as `value`, by default `true`, and `else`, by default
 * none, so that the property is absent).
 *
 * @param names fields and desired properties, which conditions may name
 * @param fields what `field` may name
 */
export function readProperties(
  mapping: Mapping,
  names: ReadonlySet<string>,
  fields: ReadonlySet<string>,
  tell: Tell,
): ReadonlyMap<string, MessageProperty> {
  const properties = new Map<string, MessageProperty>();
  for (const name of mapping.keys()) {
    const path = mapping.at(name);
    if (TAKEN.has(name))
      tell(path, "expected another name: the fleet numbers messages by this one");
    const raw = mapping.value(name) ?? null;
    const property = isMapping(raw)
      ? readComputed(new Mapping(raw, path, tell), names, fields, tell)
      : readConstant(raw);
    if (property === undefined)
      mapping.refuse(name, "a text, a number, true, false, { field } or { when }");
    else properties.set(name, property);
  }
  return properties;
}

function readConstant(raw: Json): MessageProperty | undefined {
  if (raw === null || typeof raw === "object") return undefined;
  const text = String(raw);
  if (!text.includes(DEVICE_ID)) return () => text;
  return (_valueOf, deviceId) => text.replaceAll(DEVICE_ID, deviceId);
}

function readComputed(
  mapping: Mapping,
  names: ReadonlySet<string>,
  fields: ReadonlySet<string>,
  tell: Tell,
): MessageProperty {
  if (mapping.has("field")) {
    const field = mapping.text("field");
    mapping.close();
    if (!fields.has(field))
      tell(mapping.at("field"), `"${field}": ${unknownEntry(field, fields, "field")}`);
    return (valueOf) => textOf(valueOf(field));
  }
  const when = mapping.text("when");
  const yes = textOf(mapping.value("value") ?? "true");
  const no = mapping.has("else") ? textOf(mapping.value("else") ?? "") : undefined;
  mapping.close();
  const condition = when === "" ? () => false : parseCondition(when, names);
  if (typeof condition !== "string") return (valueOf) => (condition(valueOf) ? yes : no);
  tell(mapping.at("when"), condition);
  return () => undefined;
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
