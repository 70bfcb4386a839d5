import type { ArrivalEvent } from "../../output/output.ts";

/** Makes of what the parts tell of an adaptive arrival what the whole did: each has a share of its rate, and they add up. */
export class MergedArrival {
  readonly #newest: (ArrivalEvent | undefined)[];

  constructor(parts: number) {
    this.#newest = Array.from({ length: parts }, () => undefined);
  }

  /** Takes what a part told. @returns what it means for the whole: nothing where it is done before others */
  add(part: number, event: ArrivalEvent): readonly ArrivalEvent[] {
    const isFirst = this.#newest.every((newest) => newest === undefined);
    const beforePerS = isFirst ? event.beforePerS : this.#perS();
    this.#newest[part] = event;
    const isDone = this.#newest.every((newest) => newest?.reason === "complete");
    if (event.reason === "complete" && !isDone) return [];
    const reason = event.reason === "begin" && !isFirst ? "raise" : event.reason;
    const started = this.#newest.reduce((sum, newest) => sum + (newest?.started ?? 0), 0);
    return [{ ...event, reason, beforePerS, ratePerS: this.#perS(), started }];
  }

  #perS(): number {
    return this.#newest.reduce((sum, newest) => sum + (newest?.ratePerS ?? 0), 0);
  }
}
