import type { Draws } from "../../shared/noise.ts";
import { gaussian } from "../../shared/noise.ts";
import { Oscillator } from "./oscillator.ts";

/** What a waveform is made of. */
export interface WaveformSource {
  /** The vibration without noise so many seconds after now, m/s². */
  readonly acceleration: (aheadS: number) => number;
  /** The frame that answers to the rattling of the belt. */
  readonly naturalRadPerS: number;
  readonly dampingRatio: number;
  /** Standard deviation of what it answers, m/s². */
  readonly noise: number;
  /** White, of the sensor. */
  readonly sensorNoise: number;
}

/**
 * Samples of the vibration, the first one now. Rattling is a white force upon the frame: its readings spread as those of
 * white noise do, but swing with the natural frequency, which is how a spectrum shows it.
 *
 * @param rateHz samples a second, several times the natural frequency
 * @param random takes four draws and four for each sample
 */
export function waveform(
  source: WaveformSource,
  count: number,
  rateHz: number,
  random: Draws,
): readonly number[] {
  const { acceleration, naturalRadPerS: w, dampingRatio, noise, sensorNoise } = source;
  const frame = new Oscillator(w, dampingRatio, 1 / rateHz);
  frame.position = (noise / w ** 2) * gaussian(random);
  frame.velocity = (noise / w) * gaussian(random);
  // White force of this strength keeps the frame at that spread (its variance is s² h / (4 zeta w³)).
  const force = noise * Math.sqrt((4 * dampingRatio * rateHz) / w);
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const rattling = w ** 2 * frame.position;
    frame.step(force * gaussian(random));
    samples.push(acceleration(index / rateHz) + rattling + sensorNoise * gaussian(random));
  }
  return samples;
}
