/** One sine of a vibration. */
export interface Sine {
  /** m/s². */
  readonly amplitude: number;
  readonly radPerS: number;
}

/** What a vibration monitor tells of a window of a signal. */
export interface WindowFeatures {
  /** m/s². */
  readonly rms: number;
  /** m/s². */
  readonly peak: number;
  /** Peak over RMS; 0 where nothing vibrates. */
  readonly crestFactor: number;
  /** m/s. */
  readonly velocityRms: number;
}

/** Samples of Gaussian noise beyond this many standard deviations are 0.3 %. */
const NOISE_CREST = 3;

/**
 * The features of sines of different frequencies and white noise, in closed form: what a window of many periods tends
 * to. Squares of independent parts add up, and with no common period all sines peak together now and then. Noise counts
 * for RMS and peak; its velocity has no bound at low frequencies and is left out.
 */
export function windowFeatures(sines: readonly Sine[], noiseSigma: number): WindowFeatures {
  let square = noiseSigma * noiseSigma;
  let peak = NOISE_CREST * noiseSigma;
  for (const { amplitude } of sines) {
    square += (amplitude * amplitude) / 2;
    peak += amplitude;
  }
  const rms = Math.sqrt(square);
  return { rms, peak, crestFactor: rms === 0 ? 0 : peak / rms, velocityRms: velocityRms(sines) };
}

/**
 * RMS of the velocity in m/s of those sines whose frequency is in the band: an acceleration of amplitude A at w rad/s
 * is a velocity of amplitude A / w.
 */
export function velocityRms(sines: readonly Sine[], leastHz = 0, mostHz = Infinity): number {
  let square = 0;
  for (const { amplitude, radPerS } of sines) {
    const hertz = radPerS / (2 * Math.PI);
    if (radPerS > 0 && hertz >= leastHz && hertz <= mostHz)
      square += (amplitude / radPerS) ** 2 / 2;
  }
  return Math.sqrt(square);
}
