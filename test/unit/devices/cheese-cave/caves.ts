import { model } from "../../../../devices/cheese-cave/index.ts";
import { createRandom } from "../../../../src/base/random.ts";
import type { ModelDevice } from "../../../../src/model/model.ts";

/** A cave as the fleet makes it. */
export function caveOf(deviceId = "cheesecave-device1", seed = 1): ModelDevice {
  return model.create({
    deviceId,
    settings: model.defaults,
    random: (stream) => createRandom(seed, deviceId, stream),
  });
}

export const PUSHED = { version: 2, initial: false };
export const INITIAL = { version: 1, initial: true };

/** Message bodies of the next ticks. */
export function bodiesOf(cave: ModelDevice, count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    cave.step({ dtS: 5, atMs: index * 5_000 }).map(({ body }) => body),
  ).flat();
}
