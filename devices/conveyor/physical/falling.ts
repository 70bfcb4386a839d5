import type { JsonObject, RandomStream } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";
import { anyNumber } from "../../shared/saved.ts";
import { waitingS } from "./waiting-time.ts";

/** When the next package falls off a belt that shakes too much. */
export class Falling {
  /** Seconds until then; Infinity = none falls. */
  leftS = Infinity;
  readonly #random: RandomStream;

  constructor(random: RandomStream) {
    this.#random = random;
  }

  /** From now on one falls in `everyS` on average; undefined = none does. */
  expect(rate: { readonly everyS: number } | undefined): void {
    if (rate === undefined) this.leftS = Infinity;
    else if (this.leftS === Infinity) this.leftS = waitingS(rate.everyS, this.#random);
  }

  /** Time goes on by `dtS`, at most `leftS`. @returns whether a package falls */
  passes(dtS: number): boolean {
    this.leftS -= dtS;
    if (this.leftS > 0) return false;
    this.leftS = Infinity;
    return true;
  }

  save(): JsonObject {
    return { leftS: anyNumber(this.leftS), random: this.#random.save() };
  }

  /** @throws {TypeError} naming the member that is not what `save` gives */
  load(saved: Saved): void {
    this.leftS = saved.anyNumber("leftS");
    this.#random.load(saved.numbers("random"));
  }
}
