import type { Json, JsonObject } from "../../../base/json.ts";
import { isJsonObject } from "../../../base/json.ts";
import type { EmulatorLimits } from "../../defaults.ts";

// Source of all rules: Microsoft Learn, "Understand and use device twins in IoT Hub", "Device twin size" and
// "Tags and properties format".

/**
 * What is wrong with a patch, or undefined. Looks no deeper than the allowed depth, so that any patch can be
 * judged before it is merged.
 */
export function patchFault(patch: JsonObject, limits: EmulatorLimits): string | undefined {
  return objectFault(patch, 1, limits);
}

/**
 * The size that counts: bytes of keys and strings (control characters not counted), 8 for a number, 4 for a
 * boolean, the sum for objects and arrays.
 */
export function propertyBytes(value: Json): number {
  if (typeof value === "string") return countedBytes(value);
  if (typeof value === "number") return 8;
  if (typeof value === "boolean") return 4;
  if (value === null) return 0;
  if (!isJsonObject(value))
    return value.reduce<number>((sum, item) => sum + propertyBytes(item), 0);
  let bytes = 0;
  for (const [key, member] of Object.entries(value))
    bytes += countedBytes(key) + propertyBytes(member);
  return bytes;
}

// C0 and C1 control characters.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/gu; // oxlint-disable-line no-control-regex -- they are what is looked for

function countedBytes(text: string): number {
  return Buffer.byteLength(text.replaceAll(CONTROL, ""));
}

function objectFault(
  object: JsonObject,
  depth: number,
  limits: EmulatorLimits,
): string | undefined {
  if (depth > limits.twinDepthMax) return `more than ${limits.twinDepthMax} levels`;
  for (const [key, value] of Object.entries(object)) {
    const fault = keyFault(key, limits) ?? valueFault(value, depth, limits, true);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function keyFault(key: string, limits: EmulatorLimits): string | undefined {
  if (key === "" || /[.$ ]/.test(key) || key.search(CONTROL) >= 0)
    return `the key ${JSON.stringify(key.slice(0, 40))} is empty or has a character that is not allowed`;
  return Buffer.byteLength(key) > limits.twinKeyMaxBytes
    ? `a key is longer than ${limits.twinKeyMaxBytes} bytes`
    : undefined;
}

function valueFault(
  value: Json,
  depth: number,
  limits: EmulatorLimits,
  nullAllowed: boolean,
): string | undefined {
  if (typeof value === "string" && Buffer.byteLength(value) > limits.twinStringMaxBytes)
    return `a string is longer than ${limits.twinStringMaxBytes} bytes`;
  if (
    typeof value === "number" &&
    Number.isInteger(value) &&
    (value < limits.twinIntegerMin || value > limits.twinIntegerMax)
  )
    return `an integer is outside ${limits.twinIntegerMin} to ${limits.twinIntegerMax}`;
  if (value === null) return nullAllowed ? undefined : "null inside an array";
  if (isJsonObject(value)) return objectFault(value, depth + 1, limits);
  if (typeof value !== "object") return undefined;
  if (depth + 1 > limits.twinDepthMax) return `more than ${limits.twinDepthMax} levels`;
  for (const item of value) {
    const fault = valueFault(item, depth + 1, limits, false);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
