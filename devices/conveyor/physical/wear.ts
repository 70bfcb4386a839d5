import type { JsonObject } from "../../../src/model/model.ts";
import type { Draws } from "../../shared/noise.ts";
import type { Saved } from "../../shared/saved.ts";
import { anyNumber } from "../../shared/saved.ts";
import type { Range } from "../range.ts";
import { drawn } from "../range.ts";
import { waitingS } from "./waiting-time.ts";

/** How often something breaks while the belt runs, and for how long. */
export interface WearRate {
  /** Seconds of running until it begins, on average; 0 = never. */
  readonly everyS: number;
  /** Seconds of running that it lasts, on average; 0 = until the belt stops. */
  readonly lastsS: number;
}

/** Something that breaks by wear, comes to an end by itself, and is gone when the belt stops. */
export class Wear {
  /** How bad it is; 0 = nothing is broken. */
  severity = 0;
  /** Seconds of running until it begins or ends. */
  leftS: number;
  readonly #rate: WearRate;
  readonly #severities: Range;
  readonly #random: Draws;

  /** @param severities drawn from when it begins, > 0 */
  constructor(rate: WearRate, severities: Range, random: Draws) {
    this.#rate = rate;
    this.#severities = severities;
    this.#random = random;
    this.leftS = this.#waitingS();
  }

  /** Begins or ends, when none of the time is left. */
  changeIfDue(): void {
    if (this.leftS > 0) return;
    this.severity = this.severity > 0 ? 0 : drawn(this.#severities, this.#random);
    this.leftS = this.#waitingS();
  }

  /** Ends it; the wait for the next begins. */
  clear(): void {
    if (this.severity === 0) return;
    this.severity = 0;
    this.leftS = this.#waitingS();
  }

  save(): JsonObject {
    return { severity: this.severity, leftS: anyNumber(this.leftS) };
  }

  /** @throws {TypeError} naming the member that is not what `save` gives */
  load(saved: Saved): void {
    this.severity = saved.number("severity");
    this.leftS = saved.anyNumber("leftS");
  }

  #waitingS(): number {
    const meanS = this.severity > 0 ? this.#rate.lastsS : this.#rate.everyS;
    return meanS === 0 ? Infinity : waitingS(meanS, this.#random);
  }
}
