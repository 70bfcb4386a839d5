import { model } from "../../../../devices/cheese-cave/index.ts";
import { DIALECT_NAMES } from "../../../../devices/cheese-cave/settings.ts";
import type { Json, MethodResult, ModelDevice } from "../../../../src/model/model.ts";
import type { DeviceUnderTest, DeviceUnderTestOptions } from "../../../support/model-device.ts";
import { deviceOf } from "../../../support/model-device.ts";

export { INITIAL, PUSHED } from "../../../support/model-device.ts";

/** Every dialect that a cave speaks. */
export const DIALECTS = DIALECT_NAMES;

/** A cave as the fleet makes it. */
export function caveOf(deviceId = "cheesecave-device1", seed = 1): ModelDevice {
  return deviceOf(model, { deviceId, seed }).device;
}

/** A cave that speaks `dialect`, with what it says by itself. */
export function caveIn(
  dialect: (typeof DIALECTS)[number],
  { settings, ...options }: DeviceUnderTestOptions = {},
): DeviceUnderTest {
  return deviceOf(model, {
    deviceId: "cheesecave-device1",
    ...options,
    settings: { dialect, ...settings },
  });
}

/** Answer of a direct method; undefined if there is no such method. */
export function call(
  { device }: Pick<DeviceUnderTest, "device">,
  method: string,
  payload: Json = null,
): MethodResult | undefined {
  return device.methods[method]?.(payload);
}

/** Names and texts of what a cave told. */
export function told({ events }: Pick<DeviceUnderTest, "events">): string[] {
  return events.map(({ name, text }) => `${name}: ${text}`);
}

/** Message bodies of the next ticks. */
export function bodiesOf(cave: ModelDevice, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    cave.step({ dtS: 5, atMs: index * 5_000 }).map(({ body }) => body),
  ).flat();
}
