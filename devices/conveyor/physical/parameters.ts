import type { JsonObject } from "../../../src/model/model.ts";
import type { BearingGeometry } from "./bearing.ts";
import type { Speed } from "../belt.ts";
import type { Severities } from "../belt-faults.ts";
import type { MachineClass } from "./iso-zone.ts";
import { MACHINE_CLASSES } from "./iso-zone.ts";
import { DEFAULT_SPEEDS_MPS } from "./settings.ts";
import type { Range } from "../range.ts";
import { fixed } from "../range.ts";
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

const TICK_S = 2;
/** Mean seconds until something that comes with this chance in a tick of the samples. */
const meanS = (chance: number): number => -TICK_S / Math.log(1 - chance);
const MONTH_S = 30 * 86_400;

/** Of the industrial preset. */
const NATURAL_HZ = 12;
const NATURAL_AMPLITUDE = 0.107;
/** Of the frame. */
export const DAMPING_RATIO = 0.03;
/** How much a resonance with this damping makes of what excites it (Q). */
const AMPLIFICATION = 1 / (2 * DAMPING_RATIO);

/** Numbers that a setting of the same name may replace. */
const COMMON = {
  slowSpeed: DEFAULT_SPEEDS_MPS.slow,
  fastSpeed: DEFAULT_SPEEDS_MPS.fast,
  acceleration: 0.25,
  pitch: 0.5,
  beltLength: 10,
  sensorNoise: 0,
  facilityTemperature: 60,
  temperatureSpread: 2,
  temperatureMemory: 3_600,
  waveform: 0,
  sampleRate: 100,
  rollerDiameter: 0.05,
  pulleyDiameter: 0.2,
  // A deep-groove ball bearing of the size that such rollers have (6204).
  bearingBalls: 8,
  bearingBallRatio: 0.237,
  bearingContactAngle: 0,
};

const NUMBERS = {
  // The time base and the strengths of the samples, which are for the eye.
  lab: {
    ...COMMON,
    resonanceLimit: 5,
    noise: 0.1,
    brokenWheelEvery: meanS(0.1),
    brokenWheelFor: meanS(0.01),
    resonanceEvery: meanS(0.05),
    resonanceFor: meanS(0.01),
  },
  // 1 mm/s RMS at 12 Hz; what breaks is rare, and lasts until the belt stops.
  industrial: {
    ...COMMON,
    resonanceLimit: NATURAL_AMPLITUDE * AMPLIFICATION,
    noise: 0.02,
    brokenWheelEvery: MONTH_S,
    brokenWheelFor: 0,
    resonanceEvery: MONTH_S,
    resonanceFor: 0,
  },
};

const RANGES = {
  lab: {
    naturalFrequency: fixed(1 / (2 * Math.PI)),
    naturalAmplitude: { least: 2, most: 4 },
    brokenWheelAmplitude: { least: 1, most: 7 },
    bearingAmplitude: { least: 1, most: 3 },
    resonanceGrowth: { least: 100, most: 200 },
  },
  industrial: {
    // No two machines are the same, and with whole hertz a reading every second would always meet one phase.
    naturalFrequency: { least: 0.99 * NATURAL_HZ, most: 1.01 * NATURAL_HZ },
    naturalAmplitude: fixed(NATURAL_AMPLITUDE),
    brokenWheelAmplitude: { least: 0.1, most: 0.5 },
    bearingAmplitude: { least: 0.5, most: 2 },
    // The envelope's time constant is 1 / (zeta w); it is the growth times the limit.
    resonanceGrowth: fixed(
      1 / (DAMPING_RATIO * 2 * Math.PI * NATURAL_HZ * NATURAL_AMPLITUDE * AMPLIFICATION),
    ),
  },
};

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
