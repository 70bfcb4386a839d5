import type { RandomStream } from "../../src/model/model.ts";

/** Where noise takes its draws from. */
export type Draws = Pick<RandomStream, "next">;

/**
 * One standard normal number, from two draws each time: nothing is carried over, so a stream's state is all there is
 * to save. Source: Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).
 */
export function gaussian(random: Draws): number {
  // 1 - [0, 1) is never 0, whose logarithm is infinite.
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

/** White Gaussian noise of standard deviation `sigma`; it draws when `sigma` is 0 too, so that other noise stays as it is. */
export function whiteNoise(sigma: number, random: Draws): number {
  return sigma * gaussian(random);
}

/**
 * An Ornstein-Uhlenbeck process around 0: noise that remembers for about `tauS`, advanced exactly, so that its
 * distribution is the same for any length of step. Source: Gillespie, "Exact numerical simulation of the
 * Ornstein-Uhlenbeck process and its integral" (1996), equation 1.9a.
 */
export class OrnsteinUhlenbeck {
  /** Where it is now; saved and set by whoever saves the device. */
  value = 0;
  readonly #sigma: number;
  readonly #tauS: number;
  // Steps of one device are nearly always of one length.
  #dtS = 0;
  #decay = 1;
  #spread = 0;

  /**
   * @param sigma stationary standard deviation, >= 0
   * @param tauS seconds after which 1/e of a deviation is left, > 0
   */
  constructor(sigma: number, tauS: number) {
    this.#sigma = sigma;
    this.#tauS = tauS;
  }

  /** Draws a value of the stationary distribution: a device that did not begin to live a moment ago. */
  begin(random: Draws): void {
    this.value = this.#sigma * gaussian(random);
  }

  /** Advances by `dtS` seconds and gives the new value; two draws. */
  step(dtS: number, random: Draws): number {
    if (dtS !== this.#dtS) {
      this.#dtS = dtS;
      this.#decay = Math.exp(-dtS / this.#tauS);
      this.#spread = this.#sigma * Math.sqrt(-Math.expm1((-2 * dtS) / this.#tauS));
    }
    this.value = this.value * this.#decay + this.#spread * gaussian(random);
    return this.value;
  }
}
