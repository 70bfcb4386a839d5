/**
 * A damped oscillator `x'' + 2 zeta w x' + w^2 x = f`, advanced exactly by steps of one length over which `f` stands
 * still (zero-order hold): no step is too long, and free decay is right to rounding.
 * Source: Franklin, Powell and Workman, "Digital Control of Dynamic Systems", on equivalents of plants behind a hold.
 */
export class Oscillator {
  position = 0;
  velocity = 0;
  readonly #a11: number;
  readonly #a12: number;
  readonly #a21: number;
  readonly #a22: number;
  readonly #b1: number;
  readonly #b2: number;

  /**
   * @param radPerS w, > 0
   * @param zeta damping ratio, in [0, 1)
   * @param stepS length of every step, > 0
   */
  constructor(radPerS: number, zeta: number, stepS: number) {
    const damped = radPerS * Math.sqrt(1 - zeta * zeta);
    const decay = Math.exp(-zeta * radPerS * stepS);
    const cos = decay * Math.cos(damped * stepS);
    const sin = (decay * Math.sin(damped * stepS)) / damped;
    this.#a11 = cos + zeta * radPerS * sin;
    this.#a12 = sin;
    this.#a21 = -radPerS * radPerS * sin;
    this.#a22 = cos - zeta * radPerS * sin;
    this.#b1 = (1 - this.#a11) / (radPerS * radPerS);
    this.#b2 = sin;
  }

  /** One step under `force` (per mass); gives the new position. */
  step(force: number): number {
    const { position, velocity } = this;
    this.position = this.#a11 * position + this.#a12 * velocity + this.#b1 * force;
    this.velocity = this.#a21 * position + this.#a22 * velocity + this.#b2 * force;
    return this.position;
  }
}
