import type { JsonObject } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";
import type { PhysicalParameters, Rotation } from "./parameters.ts";
import type { Sine } from "./window-features.ts";

/** What shakes the belt beside its natural vibration; 0 = nothing does. */
export interface Shaking {
  /** Amplitude that a broken wheel has at the fast speed, m/s². */
  readonly wheel: number;
  /** Seconds that a resonance needs for its first 1 m/s² at the fast speed. */
  readonly resonanceGrowthS: number;
  /** Amplitude of a damaged bearing at the fast speed, m/s². */
  readonly bearing: number;
  /** Impacts of the bearing for each turn of the roller. */
  readonly impactsPerTurn: number;
}

export const NOTHING_SHAKES: Shaking = {
  wheel: 0,
  resonanceGrowthS: 0,
  bearing: 0,
  impactsPerTurn: 0,
};

export function isSameShaking(one: Shaking, other: Shaking): boolean {
  return (
    one.wheel === other.wheel &&
    one.resonanceGrowthS === other.resonanceGrowthS &&
    one.bearing === other.bearing &&
    one.impactsPerTurn === other.impactsPerTurn
  );
}

type Parameters = Pick<
  PhysicalParameters,
  "speedsMps" | "carrier" | "modulation" | "resonanceLimit" | "rollerRadPerM"
>;

/**
 * The acceleration of the belt's frame without noise. Every sine has a phase that is the integral of its frequency, and
 * every amplitude goes to 0 with the speed, so that nothing jumps while the speed changes.
 */
export class PhysicalVibration {
  shaking: Shaking = NOTHING_SHAKES;
  /** Of the resonance, m/s². */
  envelope = 0;
  readonly #parameters: Parameters;
  #natural: Sine;
  // Phases, radians in [0, 2 pi).
  #naturalPhase = 0;
  #carrierPhase = 0;
  #modulationPhase = 0;
  #bearingPhase = 0;
  /** Of the resonance against the natural vibration: it begins where its own sine is 0. */
  #offset = 0;

  /** @param natural with its amplitude at the fast speed */
  constructor(parameters: Parameters, natural: Sine) {
    this.#parameters = parameters;
    this.#natural = natural;
  }

  get naturalHz(): number {
    return this.#natural.radPerS / (2 * Math.PI);
  }

  /** Sets what shakes from now on. What begins, begins at 0. */
  shake(shaking: Shaking): void {
    const before = this.shaking;
    this.shaking = shaking;
    if (before.wheel === 0 && shaking.wheel > 0) this.#carrierPhase = this.#modulationPhase = 0;
    if (before.bearing === 0 && shaking.bearing > 0) this.#bearingPhase = 0;
    if (before.resonanceGrowthS === 0 && shaking.resonanceGrowthS > 0) {
      this.#offset = 2 * Math.PI - this.#naturalPhase;
    }
    if (shaking.resonanceGrowthS === 0) this.rest();
  }

  /** The belt stands: nothing drives a resonance any more. */
  rest(): void {
    this.envelope = 0;
  }

  /** Time goes on by `dtS`, in which the belt goes `metres`. */
  advance(dtS: number, metres: number): void {
    const { carrier, modulation, rollerRadPerM, resonanceLimit } = this.#parameters;
    const { impactsPerTurn, resonanceGrowthS } = this.shaking;
    this.#naturalPhase = turned(this.#naturalPhase, this.#natural.radPerS * dtS);
    this.#carrierPhase = turned(this.#carrierPhase, turn(carrier, dtS, metres));
    this.#modulationPhase = turned(this.#modulationPhase, turn(modulation, dtS, metres));
    this.#bearingPhase = turned(this.#bearingPhase, impactsPerTurn * rollerRadPerM * metres);
    if (resonanceGrowthS > 0) {
      // Half as fast at half the speed, so it grows by the way and not by the time.
      const grownS = metres / this.#parameters.speedsMps.fast;
      const decay = Math.exp(-grownS / (resonanceGrowthS * resonanceLimit));
      this.envelope = resonanceLimit - (resonanceLimit - this.envelope) * decay;
    }
  }

  /** m/s², now or, at this speed, so many seconds later. */
  accelerationAt(speedMps: number, aheadS = 0): number {
    if (speedMps === 0) return 0;
    const { carrier, modulation, rollerRadPerM } = this.#parameters;
    const { natural, wheel, resonance, bearing } = this.#amplitudesAt(speedMps);
    const metres = speedMps * aheadS;
    const naturalPhase = this.#naturalPhase + this.#natural.radPerS * aheadS;
    const carrierPhase = this.#carrierPhase + turn(carrier, aheadS, metres);
    const modulationPhase = this.#modulationPhase + turn(modulation, aheadS, metres);
    const bearingPhase = this.#bearingPhase + this.shaking.impactsPerTurn * rollerRadPerM * metres;
    return (
      natural * Math.sin(naturalPhase) +
      wheel * Math.sin(modulationPhase) * Math.sin(carrierPhase) +
      resonance * Math.sin(naturalPhase + this.#offset) +
      bearing * Math.sin(bearingPhase)
    );
  }

  /**
   * The same as sines: natural vibration and resonance have one frequency and add up as vectors; the product of a
   * broken wheel is two sidebands of half its amplitude.
   */
  sinesAt(speedMps: number): readonly Sine[] {
    const { carrier, modulation, rollerRadPerM } = this.#parameters;
    const { natural, wheel, resonance, bearing } = this.#amplitudesAt(speedMps);
    const inPhase = natural + resonance * Math.cos(this.#offset);
    const quadrature = resonance * Math.sin(this.#offset);
    const sines = [{ amplitude: Math.hypot(inPhase, quadrature), radPerS: this.#natural.radPerS }];
    if (wheel > 0) {
      const high = turn(carrier, 1, speedMps);
      const low = turn(modulation, 1, speedMps);
      sines.push({ amplitude: wheel / 2, radPerS: Math.abs(high - low) });
      sines.push({ amplitude: wheel / 2, radPerS: high + low });
    }
    if (bearing > 0) {
      const radPerS = this.shaking.impactsPerTurn * rollerRadPerM * speedMps;
      sines.push({ amplitude: bearing, radPerS });
    }
    return sines;
  }

  save(): JsonObject {
    return {
      shaking: { ...this.shaking },
      envelope: this.envelope,
      natural: { ...this.#natural },
      naturalPhase: this.#naturalPhase,
      carrierPhase: this.#carrierPhase,
      modulationPhase: this.#modulationPhase,
      bearingPhase: this.#bearingPhase,
      offset: this.#offset,
    };
  }

  /** @throws {TypeError} naming the member that is not what `save` gives */
  load(saved: Saved): void {
    const shaking = saved.part("shaking");
    this.shaking = {
      wheel: shaking.number("wheel"),
      resonanceGrowthS: shaking.number("resonanceGrowthS"),
      bearing: shaking.number("bearing"),
      impactsPerTurn: shaking.number("impactsPerTurn"),
    };
    this.envelope = saved.number("envelope");
    const natural = saved.part("natural");
    this.#natural = { amplitude: natural.number("amplitude"), radPerS: natural.number("radPerS") };
    this.#naturalPhase = saved.number("naturalPhase");
    this.#carrierPhase = saved.number("carrierPhase");
    this.#modulationPhase = saved.number("modulationPhase");
    this.#bearingPhase = saved.number("bearingPhase");
    this.#offset = saved.number("offset");
  }

  #amplitudesAt(speedMps: number): Amplitudes {
    const { slow, fast } = this.#parameters.speedsMps;
    const share = speedMps / fast;
    return {
      natural: this.#natural.amplitude * share,
      wheel: this.shaking.wheel * share,
      // What has built up is there at any speed, but a belt that comes to rest takes it along.
      resonance: this.envelope * Math.min(1, speedMps / slow),
      bearing: this.shaking.bearing * share,
    };
  }
}

interface Amplitudes {
  readonly natural: number;
  readonly wheel: number;
  readonly resonance: number;
  readonly bearing: number;
}

/** Radians that something turns in `dtS` and `metres`. */
function turn({ radPerS, radPerM }: Rotation, dtS: number, metres: number): number {
  return radPerS * dtS + radPerM * metres;
}

function turned(phase: number, radians: number): number {
  return (phase + radians) % (2 * Math.PI);
}
