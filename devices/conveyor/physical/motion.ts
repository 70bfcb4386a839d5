import type { JsonObject } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";

/**
 * How a belt moves: its speed goes to a target at one rate, so that it is piecewise linear and the way is an exact
 * trapezoid however time is cut. Metres and seconds.
 */
export class Motion {
  speedMps = 0;
  targetMps = 0;
  distanceM = 0;
  readonly #accelerationMps2: number;

  /** @param accelerationMps2 > 0, for getting faster and slower */
  constructor(accelerationMps2: number) {
    this.#accelerationMps2 = accelerationMps2;
  }

  /** Seconds until the speed stops changing; Infinity while it is what it should be. */
  get rampS(): number {
    const missing = Math.abs(this.targetMps - this.speedMps);
    return missing === 0 ? Infinity : missing / this.#accelerationMps2;
  }

  /** Moves for `dtS`, at most until the end of the ramp, and gives the metres. */
  advance(dtS: number): number {
    const before = this.speedMps;
    this.speedMps = this.#speedAfter(dtS);
    const metres = ((before + this.speedMps) / 2) * dtS;
    this.distanceM += metres;
    return metres;
  }

  save(): JsonObject {
    return { speedMps: this.speedMps, targetMps: this.targetMps, distanceM: this.distanceM };
  }

  /** @throws {TypeError} naming the member that is not what `save` gives */
  load(saved: Saved): void {
    this.speedMps = saved.number("speedMps");
    this.targetMps = saved.number("targetMps");
    this.distanceM = saved.number("distanceM");
  }

  #speedAfter(dtS: number): number {
    // At the end of a ramp the target itself: a sum might miss it by a rounding, and 0 has to be 0.
    if (dtS >= this.rampS) return this.targetMps;
    return this.rampS === Infinity
      ? this.speedMps
      : this.speedMps + Math.sign(this.targetMps - this.speedMps) * this.#accelerationMps2 * dtS;
  }
}
