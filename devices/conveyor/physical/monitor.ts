import type { JsonObject, RandomStream } from "../../../src/model/model.ts";
import { gaussian } from "../../shared/noise.ts";
import type { Saved } from "../../shared/saved.ts";
import type { BeltFeatures } from "../features.ts";
import { isoZone, ZONE_BAND_HZ } from "./iso-zone.ts";
import type { PhysicalParameters } from "./parameters.ts";
import { DAMPING_RATIO } from "./presets.ts";
import type { PhysicalVibration } from "./vibration.ts";
import { waveform } from "./waveform.ts";
import { velocityRms, windowFeatures } from "./window-features.ts";

/** The vibration sensor of a belt: what it shows of its vibration at a moment, noise included. */
export class Monitor {
  readonly #parameters: PhysicalParameters;
  readonly #vibration: PhysicalVibration;
  readonly #readings: RandomStream;
  readonly #samples: RandomStream;

  /**
   * @param readings draws the noise of single readings
   * @param samples draws that of waveforms, so that these change nothing of the readings
   */
  constructor(
    parameters: PhysicalParameters,
    vibration: PhysicalVibration,
    readings: RandomStream,
    samples: RandomStream,
  ) {
    this.#parameters = parameters;
    this.#vibration = vibration;
    this.#readings = readings;
    this.#samples = samples;
  }

  /** m/s², at this speed of the belt; two draws. */
  reading(speedMps: number): number {
    const noise = this.#noiseAt(speedMps) * gaussian(this.#readings);
    return this.#vibration.accelerationAt(speedMps) + noise;
  }

  /** What a vibration monitor makes of it. @param dropped packages that fell off */
  features(speedMps: number, dropped: number): BeltFeatures {
    const { machineClass, waveformSamples, sampleRateHz } = this.#parameters;
    const { least, most } = ZONE_BAND_HZ;
    const sines = this.#vibration.sinesAt(speedMps);
    const window = windowFeatures(sines, this.#noiseAt(speedMps));
    return {
      vibrationRms: window.rms,
      vibrationPeak: window.peak,
      crestFactor: window.crestFactor,
      velocityRms: window.velocityRms,
      dropped,
      ...(waveformSamples === 0 ? {} : { waveform: this.#waveform(speedMps), sampleRateHz }),
      ...(machineClass === null
        ? {}
        : { isoZone: isoZone(velocityRms(sines, least, most), machineClass) }),
    };
  }

  save(): JsonObject {
    return { readings: this.#readings.save(), samples: this.#samples.save() };
  }

  /** @throws {TypeError} naming the member that is not what `save` gives */
  load(saved: Saved): void {
    this.#readings.load(saved.numbers("readings"));
    this.#samples.load(saved.numbers("samples"));
  }

  /** Standard deviation of the readings at this speed. */
  #noiseAt(speedMps: number): number {
    const { noise, sensorNoise } = this.#parameters;
    return speedMps > 0 ? Math.hypot(noise, sensorNoise) : sensorNoise;
  }

  #waveform(speedMps: number): readonly number[] {
    const { noise, sensorNoise, waveformSamples, sampleRateHz } = this.#parameters;
    const source = {
      acceleration: (aheadS: number) => this.#vibration.accelerationAt(speedMps, aheadS),
      naturalRadPerS: 2 * Math.PI * this.#vibration.naturalHz,
      dampingRatio: DAMPING_RATIO,
      noise: speedMps > 0 ? noise : 0,
      sensorNoise,
    };
    return waveform(source, waveformSamples, sampleRateHz, this.#samples);
  }
}
