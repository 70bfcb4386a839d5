import { model } from "../../../../devices/cheese-cave/index.ts";
import type { ModelDevice } from "../../../../src/model/model.ts";
import { deviceOf } from "../../../support/model-device.ts";

export { INITIAL, PUSHED } from "../../../support/model-device.ts";

/** A cave as the fleet makes it. */
export function caveOf(deviceId = "cheesecave-device1", seed = 1): ModelDevice {
  return deviceOf(model, { deviceId, seed }).device;
}

/** Message bodies of the next ticks. */
export function bodiesOf(cave: ModelDevice, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    cave.step({ dtS: 5, atMs: index * 5_000 }).map(({ body }) => body),
  ).flat();
}
