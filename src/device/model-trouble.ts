import { isJsonObject, jsonTrouble } from "../base/json.ts";
import { kindOf } from "../model/model-shape.ts";

/**
 * What is wrong with what a model's device gave, as `expected …, got …` at its member; undefined = nothing. The types
 * say `unknown`, because a model of a user's may be JavaScript.
 */
type Trouble = string | undefined;

/** Of what `step` gives. Called for every message of every device: it makes nothing where nothing is wrong. */
export function messagesTrouble(messages: unknown): Trouble {
  if (!Array.isArray(messages)) return expected("a list of messages", messages);
  for (let index = 0; index < messages.length; index += 1) {
    const trouble = messageTrouble(messages[index]);
    if (trouble !== undefined) return `message ${index + 1} of ${messages.length}: ${trouble}`;
  }
  return undefined;
}

function messageTrouble(message: unknown): Trouble {
  if (!isJsonObject(message)) return expected("{ body, properties }", message);
  const { body, properties, contentType, contentEncoding }: Record<string, unknown> = message;
  if (typeof body !== "string")
    return `body: ${expected("a text, such as JSON.stringify(…)", body)}`;
  if (!isJsonObject(properties))
    return `properties: ${expected("a mapping, {} for none", properties)}`;
  for (const name in properties) {
    const value: unknown = properties[name];
    if (typeof value !== "string") return `properties.${name}: ${expected("a text", value)}`;
  }
  if (!isTextOrAbsent(contentType)) return `contentType: ${expected("a text", contentType)}`;
  if (!isTextOrAbsent(contentEncoding)) {
    return `contentEncoding: ${expected("a text", contentEncoding)}`;
  }
  return undefined;
}

/** Of reported properties; nothing at all is good too. */
export function patchTrouble(patch: unknown): Trouble {
  if (patch === undefined) return undefined;
  if (!isJsonObject(patch)) return expected("a mapping of reported properties", patch);
  return jsonTrouble(patch);
}

/** Of the properties that a device has in use. */
export function settledTrouble(settled: unknown): Trouble {
  if (!isJsonObject(settled)) return expected("a mapping of properties in use", settled);
  return jsonTrouble(settled);
}

/** Of the answer to a direct method. */
export function methodTrouble(answer: unknown): Trouble {
  if (!isJsonObject(answer)) return expected("{ status, payload }", answer);
  const { status, payload, reported }: Record<string, unknown> = answer;
  if (!Number.isInteger(status) || status === 0) {
    return `status: ${expected("a whole number other than 0, such as 200", status)}`;
  }
  const trouble = payload === undefined ? undefined : jsonTrouble(payload, "payload");
  if (trouble !== undefined) return trouble;
  const reporting = patchTrouble(reported);
  return reporting === undefined ? undefined : `reported: ${reporting}`;
}

/** Of the interval that a device asks for. */
export function intervalTrouble(intervalS: unknown): Trouble {
  if (intervalS === undefined) return undefined;
  if (typeof intervalS === "number" && intervalS > 0 && Number.isFinite(intervalS))
    return undefined;
  return expected("seconds above 0", intervalS);
}

/** Of an event that a device tells. */
export function eventTrouble(event: unknown): Trouble {
  if (!isJsonObject(event)) return expected("{ name, text }", event);
  const { name, text, level, data }: Record<string, unknown> = event;
  if (typeof name !== "string") return `name: ${expected("a text", name)}`;
  if (typeof text !== "string") return `text: ${expected("a text", text)}`;
  if (level !== undefined && level !== "info" && level !== "warning") {
    return `level: ${expected('"info" or "warning"', level)}`;
  }
  if (data === undefined) return undefined;
  return isJsonObject(data) ? jsonTrouble(data, "data") : `data: ${expected("a mapping", data)}`;
}

const isTextOrAbsent = (value: unknown): boolean =>
  value === undefined || typeof value === "string";

const expected = (what: string, got: unknown): string => `expected ${what}, got ${kindOf(got)}`;
