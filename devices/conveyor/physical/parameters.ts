import type { JsonObject } from "../../../src/model/model.ts";
import type { Speed } from "../belt.ts";
import type { Severities } from "../belt-faults.ts";
import type { Range } from "../range.ts";
import { fixed } from "../range.ts";
import type { BearingGeometry } from "./bearing.ts";
import type { MachineClass } from "./iso-zone.ts";
import { MACHINE_CLASSES } from "./iso-zone.ts";
import { NUMBERS, RANGES } from "./presets.ts";
import type { PlannedSpeed } from "./speed-plan.ts";
import { parseSpeedPlan } from "./speed-plan.ts";
import type { WearRate } from "./wear.ts";

/** Something that turns: by the time, by the way of the belt, or both. */
export interface Rotation {
  readonly radPerS: number;
  readonly radPerM: number;
}

/** What a physical belt is made of. Accelerations are in m/s². */
export interface PhysicalParameters {
  readonly speedsMps: Readonly<Record<Speed, number>>;
  readonly accelerationMps2: number;
  readonly pitchM: number;
  readonly beltLengthM: number;
  /** Empty = by chance. */
  readonly plan: readonly PlannedSpeed[];
  readonly naturalHz: Range;
  /** At the fast speed. */
  readonly naturalAmplitude: Range;
  /** The two rotations of a broken wheel. */
  readonly carrier: Rotation;
  readonly modulation: Rotation;
  /** At the fast speed. */
  readonly wheelAmplitude: Range;
  readonly wheelWear: WearRate;
  /** Seconds that a resonance needs for its first 1 m/s², at the fast speed. */
  readonly resonanceGrowthS: Range;
  readonly resonanceLimit: number;
  readonly resonanceWear: WearRate;
  /** Standard deviations of the belt's own rattling and of the sensor. */
  readonly noise: number;
  readonly sensorNoise: number;
  readonly temperatureF: number;
  readonly temperatureSpreadF: number;
  readonly temperatureMemoryS: number;
  /** Radians that a roller turns for each metre. */
  readonly rollerRadPerM: number;
  readonly bearing: BearingGeometry;
  /** Of a damaged bearing that does not say its own, at the fast speed. */
  readonly bearingAmplitude: Range;
  /** Samples of a waveform; 0 = none is told. */
  readonly waveformSamples: number;
  readonly sampleRateHz: number;
  /** null = vibrations are off the scale of the standard, and no zone is told. */
  readonly machineClass: MachineClass | null;
}

/** The preset's parameters with what good settings say in their place. */
export function physicalParameters(settings: JsonObject): PhysicalParameters {
  const preset = settings["preset"] === "industrial" ? "industrial" : "lab";
  const number = (name: keyof (typeof NUMBERS)["lab"]): number =>
    numberIn(settings, name) ?? NUMBERS[preset][name];
  const range = (name: keyof (typeof RANGES)["lab"]): Range => {
    const value = numberIn(settings, name);
    return value === undefined ? RANGES[preset][name] : fixed(value);
  };
  const plan = settings["speedPlan"];
  const rollerRadPerM = 2 / number("rollerDiameter");
  return {
    speedsMps: { stopped: 0, slow: number("slowSpeed"), fast: number("fastSpeed") },
    accelerationMps2: number("acceleration"),
    pitchM: number("pitch"),
    beltLengthM: number("beltLength"),
    plan: (typeof plan === "string" ? parseSpeedPlan(plan) : undefined) ?? [],
    naturalHz: range("naturalFrequency"),
    naturalAmplitude: range("naturalAmplitude"),
    ...(preset === "lab"
      ? { carrier: { radPerS: 10, radPerM: 0 }, modulation: { radPerS: 0.75, radPerM: 0 } }
      : {
          carrier: { radPerS: 0, radPerM: rollerRadPerM },
          modulation: { radPerS: 0, radPerM: 2 / number("pulleyDiameter") },
        }),
    wheelAmplitude: range("brokenWheelAmplitude"),
    wheelWear: { everyS: number("brokenWheelEvery"), lastsS: number("brokenWheelFor") },
    resonanceGrowthS: range("resonanceGrowth"),
    resonanceLimit: number("resonanceLimit"),
    resonanceWear: { everyS: number("resonanceEvery"), lastsS: number("resonanceFor") },
    noise: number("noise"),
    sensorNoise: number("sensorNoise"),
    temperatureF: number("facilityTemperature"),
    temperatureSpreadF: number("temperatureSpread"),
    temperatureMemoryS: number("temperatureMemory"),
    rollerRadPerM,
    bearing: {
      balls: number("bearingBalls"),
      ballRatio: number("bearingBallRatio"),
      contactAngleDeg: number("bearingContactAngle"),
    },
    bearingAmplitude: RANGES[preset].bearingAmplitude,
    waveformSamples: number("waveform"),
    sampleRateHz: number("sampleRate"),
    machineClass: preset === "industrial" ? machineClassOf(settings) : null,
  };
}

/** How bad faults of the scenario are that do not say it. */
export function physicalSeverities(settings: JsonObject): Severities {
  const { wheelAmplitude, resonanceGrowthS, bearingAmplitude } = physicalParameters(settings);
  return {
    brokenWheel: wheelAmplitude,
    resonance: resonanceGrowthS,
    bearingFault: bearingAmplitude,
  };
}

function numberIn(settings: JsonObject, name: string): number | undefined {
  const value = settings[name];
  return typeof value === "number" ? value : undefined;
}

/** A machine of up to 15 kW unless the settings say otherwise. */
function machineClassOf(settings: JsonObject): MachineClass {
  return MACHINE_CLASSES.find((known) => known === settings["machineClass"]) ?? "I";
}
