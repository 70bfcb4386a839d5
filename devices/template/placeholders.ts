import { isList, isMapping } from "../shared/mapping.ts";
import type { Json } from "../../src/model/model.ts";

/** What placeholders stand for. */
export interface Fillings {
  readonly deviceId: string;
  /** What a method's caller sent. */
  readonly payload?: Json;
}

const PLACEHOLDER = /\{(deviceId|payload)((?:\.[^.{}]+)*)\}/gu;

/**
 * Puts values in place of `{deviceId}`, `{payload}` and `{payload.NAME}` in every text within `value`. A text that is
 * nothing but a placeholder becomes the value itself, a number stays a number; within a text it is written out. What
 * there is not is null.
 */
export function filledIn(value: Json, fillings: Fillings): Json {
  if (typeof value === "string") return filledText(value, fillings);
  if (isList(value)) return value.map((each) => filledIn(each, fillings));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, filledIn(member, fillings)]),
  );
}

function filledText(text: string, fillings: Fillings): Json {
  const found = [...text.matchAll(PLACEHOLDER)].map(([all, name = "", path = ""]) => ({
    all,
    value: lookUp(fillings, name, path),
  }));
  const [only] = found;
  if (only !== undefined && only.all === text) return only.value;
  let at = 0;
  return text.replace(PLACEHOLDER, () => {
    const value = found[at]?.value ?? null;
    at += 1;
    return typeof value === "string" ? value : JSON.stringify(value);
  });
}

function lookUp({ deviceId, payload = null }: Fillings, name: string, path: string): Json {
  let value: Json = name === "deviceId" ? deviceId : payload;
  for (const key of path.split(".").slice(1)) {
    value = isMapping(value) && Object.hasOwn(value, key) ? (value[key] ?? null) : null;
  }
  return value;
}
