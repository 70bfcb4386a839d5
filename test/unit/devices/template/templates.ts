import { model } from "../../../../devices/template/index.ts";
import type { Json, JsonObject } from "../../../../src/model/model.ts";
import type { DeviceUnderTest, DeviceUnderTestOptions } from "../../../support/model-device.ts";
import { deviceOf } from "../../../support/model-device.ts";

/** A device of the template with these settings. */
export function templateOf(
  settings: JsonObject,
  options: Omit<DeviceUnderTestOptions, "settings"> = {},
): DeviceUnderTest {
  return deviceOf(model, { ...options, settings });
}

/** The values of one field, under `value`, of `count` messages. */
export function valuesOf(
  field: Json,
  count: number,
  { dtS = 5, ...options }: Omit<DeviceUnderTestOptions, "settings"> & { dtS?: number } = {},
): Json[] {
  return templateOf({ fields: { value: field } }, options)
    .bodies(count, dtS)
    .map((body) => bodyOf(body)["value"] ?? null);
}

/** The same of a field that makes numbers. */
export function numbersOf(...args: Parameters<typeof valuesOf>): number[] {
  return valuesOf(...args).map(Number);
}

export function bodyOf(text: string): JsonObject {
  const body: JsonObject = JSON.parse(text);
  return body;
}
