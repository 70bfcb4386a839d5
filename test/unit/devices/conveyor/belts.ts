import { model } from "../../../../devices/conveyor/index.ts";
import type { JsonObject } from "../../../../src/model/model.ts";
import type { DeviceUnderTest } from "../../../support/model-device.ts";
import { deviceOf } from "../../../support/model-device.ts";

export { INITIAL, PUSHED } from "../../../support/model-device.ts";

/** Every dialect of the samples, and ours. */
export const DIALECTS = ["module", "learn-csharp", "learn-js", "az220", "draft"] as const;

/** A belt as the fleet makes it; the first message is its second tick's unless a test runs it before. */
export function beltOf(
  settings: JsonObject = {},
  { deviceId = "VibrationSensorID", seed = 1 } = {},
): DeviceUnderTest {
  return deviceOf(model, { deviceId, seed, settings });
}

/** A belt whose draws are `values`, then 0.5 for ever. */
export function scriptedBelt(
  values: readonly number[],
  settings: JsonObject = {},
): DeviceUnderTest & { readonly drawn: () => number } {
  let drawn = 0;
  const draw = (): number => {
    drawn += 1;
    return values[drawn - 1] ?? 0.5;
  };
  return { ...deviceOf(model, { settings, draw }), drawn: () => drawn };
}
