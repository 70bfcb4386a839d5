import type { JsonObject } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";

/**
 * The packages of a belt, counted by the way that it has gone: one is put on it every `pitchM`, and leaves it after
 * `lengthM`. What was loaded was delivered, was dropped, or is on the belt, at any time.
 */
export class Packages {
  loaded = 0;
  delivered = 0;
  dropped = 0;
  readonly #pitchM: number;
  readonly #lengthM: number;

  /**
   * @param pitchM from the front of a package to the front of the next, > 0
   * @param lengthM of the belt; 0 = a package counts as delivered as soon as it is loaded, as in the samples
   */
  constructor(pitchM: number, lengthM: number) {
    this.#pitchM = pitchM;
    this.#lengthM = lengthM;
  }

  get onBelt(): number {
    return this.loaded - this.delivered - this.dropped;
  }

  /** The belt has gone `distanceM` in all; never less than the time before. */
  moveTo(distanceM: number): void {
    this.loaded = Math.floor(distanceM / this.#pitchM);
    const pastTheEnd = Math.floor(Math.max(0, distanceM - this.#lengthM) / this.#pitchM);
    // Those that fell off were the next to leave, so the ones behind them leave when they would have.
    this.delivered += Math.max(0, pastTheEnd - this.delivered - this.dropped);
  }

  /** The package that is nearest to the end falls off. @returns whether there was one */
  drop(): boolean {
    if (this.onBelt === 0) return false;
    this.dropped += 1;
    return true;
  }

  save(): JsonObject {
    return { loaded: this.loaded, delivered: this.delivered, dropped: this.dropped };
  }

  /** @throws {TypeError} naming the member that is not what `save` gives */
  load(saved: Saved): void {
    this.loaded = saved.number("loaded");
    this.delivered = saved.number("delivered");
    this.dropped = saved.number("dropped");
  }
}
