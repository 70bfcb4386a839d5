import type { ModelFault } from "../../src/model/model.ts";
import { parameterFault } from "./parameter-fault.ts";
import type { SettingRule } from "./settings.ts";

/** Kinds of faults that any sensor can have. */
export const SENSOR_FAULTS = [
  "sensorStuck",
  "sensorDrift",
  "sensorSpike",
  "sensorBias",
  "sensorDropout",
] as const;
export type SensorFault = (typeof SENSOR_FAULTS)[number];

const PROBABILITY = { kind: "number", above: 0, most: 1 } as const;
/** Wide enough for any unit, and no sum of them leaves what JSON can tell. */
const AMOUNT = { kind: "number", least: -1e9, most: 1e9 } as const;

/**
 * The entries of `DeviceModel.faults` for a device with these sensors, named as in its messages.
 *
 * @param sensors `any` where each device has sensors of its own
 */
export function sensorFaultKinds(
  sensors: readonly string[] | "any",
): Readonly<Record<SensorFault, ModelFault>> {
  const sensor: SettingRule =
    sensors === "any" ? { kind: "text" } : { kind: "choice", choices: sensors };
  return {
    sensorStuck: parameterFault({
      does: "a sensor (`sensor`; absent: every one) goes on showing the next reading",
      rules: { sensor },
    }),
    sensorDrift: parameterFault({
      does: "a reading (`sensor`) wanders off by `perDay` units a day of the device's own time",
      rules: { sensor, perDay: AMOUNT },
      required: ["sensor", "perDay"],
    }),
    sensorSpike: parameterFault({
      does: "a reading (`sensor`) is off by `size`, with chance `probability` (0.1) each time",
      rules: { sensor, size: AMOUNT, probability: PROBABILITY },
      required: ["sensor", "size"],
    }),
    sensorBias: parameterFault({
      does: "a reading (`sensor`) is off by `by`",
      rules: { sensor, by: AMOUNT },
      required: ["sensor", "by"],
    }),
    sensorDropout: parameterFault({
      does: "nothing is sent, with chance `probability` (1) each time",
      rules: { probability: PROBABILITY },
    }),
  };
}
