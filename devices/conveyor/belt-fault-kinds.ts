import type { ModelFault } from "../../src/model/model.ts";
import { parameterFault } from "../shared/parameter-fault.ts";
import { BEARING_PARTS } from "./physical/bearing.ts";

/** Kinds of faults of the belt itself; its sensors have their own. */
export const BELT_FAULTS = [
  "brokenWheel",
  "resonance",
  "bearingFault",
  "jam",
  "droppedPackages",
] as const;
export type BeltFault = (typeof BELT_FAULTS)[number];

const AMPLITUDE = { kind: "number", above: 0, most: 1_000, unit: "m/s²" } as const;

/** What `DeviceModel.faults` says of them. */
export const BELT_FAULT_KINDS: Readonly<Record<BeltFault, ModelFault>> = {
  brokenWheel: parameterFault({
    does: "a broken wheel shakes the moving belt, by up to `amplitude` m/s² (absent: drawn, 1 to 7)",
    rules: { amplitude: AMPLITUDE },
  }),
  resonance: parameterFault({
    does: "vibration of the moving belt builds up, by 1 m/s² in `riseTime` seconds (absent: drawn, 100 to 200)",
    rules: { riseTime: { kind: "number", least: 0.001, most: 86_400, unit: "s" } },
  }),
  bearingFault: parameterFault({
    does: "the `part` of a bearing (outerRace) shakes the moving belt, by up to `amplitude` m/s² (absent: drawn, 1 to 3); of a physical belt alone",
    rules: { part: { kind: "choice", choices: BEARING_PARTS }, amplitude: AMPLITUDE },
  }),
  jam: parameterFault({
    does: "the belt stands still, and starts again when the jam is over",
  }),
  droppedPackages: parameterFault({
    does: "while vibration peaks above `above` m/s² (5), a package falls off every `gap` seconds on average (10); of a physical belt alone",
    rules: {
      above: { kind: "number", least: 0, most: 1_000, unit: "m/s²" },
      gap: { kind: "number", above: 0, most: 86_400, unit: "s" },
    },
  }),
};
