import { fixed } from "../range.ts";
import { DEFAULT_SPEEDS_MPS } from "./settings.ts";

/** Of the samples. */
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

/** What both presets have. */
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

/** Numbers of the presets, named as the settings that may replace them. */
export const NUMBERS = {
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

/** What the presets draw for each device or fault, named as the settings that may fix it. */
export const RANGES = {
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
