import type { Belt } from "../../../../devices/conveyor/belt.ts";
import { newBelt } from "../../../../devices/conveyor/belt.ts";
import { BeltFaults, CLASSIC_SEVERITIES } from "../../../../devices/conveyor/belt-faults.ts";
import type { ClassicProgram } from "../../../../devices/conveyor/classic-program.ts";
import { CSHARP_PROGRAM } from "../../../../devices/conveyor/classic-program.ts";
import { ClassicSignal } from "../../../../devices/conveyor/classic-signal.ts";
import { model } from "../../../../devices/conveyor/index.ts";
import { DEFAULT_SETTINGS } from "../../../../devices/conveyor/settings.ts";
import type { JsonObject, ModelEvent, RandomStream } from "../../../../src/model/model.ts";
import type { DeviceUnderTest } from "../../../support/model-device.ts";
import { deviceOf } from "../../../support/model-device.ts";

export { INITIAL, PUSHED } from "../../../support/model-device.ts";

/** Every dialect of the samples, and ours. */
export const DIALECTS = ["module", "learn-csharp", "learn-js", "az220", "draft", "pnp"] as const;

/** A belt as the fleet makes it. */
export function beltOf(
  settings: JsonObject = {},
  { deviceId = "VibrationSensorID", seed = 1 } = {},
): DeviceUnderTest {
  return deviceOf(model, { deviceId, seed, settings });
}

/** A belt whose draws, of all streams, are `values`, then 0.5 for ever. */
export function scriptedBelt(
  values: readonly number[],
  settings: JsonObject = {},
): DeviceUnderTest {
  const random = drawsOf(values);
  return deviceOf(model, { settings, draw: () => random.next() });
}

/** Gives `values`, then 0.5 for ever, and counts. */
export function drawsOf(values: readonly number[]): RandomStream & { drawn(): number } {
  let drawn = 0;
  return {
    drawn: () => drawn,
    next: () => {
      drawn += 1;
      return values[drawn - 1] ?? 0.5;
    },
    save: () => [],
    load: () => {},
  };
}

/** A classic signal of its own, with the belt that it writes into. */
export function classicOf(
  random: RandomStream,
  {
    program = CSHARP_PROGRAM,
    tell = () => {},
  }: { program?: ClassicProgram; tell?: (event: ModelEvent) => void } = {},
): { readonly belt: Belt; readonly tick: () => Belt } {
  const belt = newBelt();
  const signal = new ClassicSignal({
    deviceId: "belt",
    settings: DEFAULT_SETTINGS,
    random: () => random,
    file: () => "",
    report: () => {},
    tell,
    belt,
    faults: new BeltFaults(random, CLASSIC_SEVERITIES),
    program,
  });
  const tick = (): Belt => {
    signal.advance(2, 1);
    return belt;
  };
  return { belt, tick };
}
