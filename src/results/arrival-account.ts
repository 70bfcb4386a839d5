import type { ArrivalEvent, RunEvent } from "../output/output.ts";
import type { ArrivalResult } from "../output/summary.ts";

/** What an adaptive arrival found out, by the events that told of it. */
export class ArrivalAccount {
  #last: ArrivalEvent | undefined;
  #highestPerS = 0;
  #heldPerS: number | null = null;
  readonly #pushBacks = { throttled: 0, latency: 0 };
  #first: ArrivalResult["firstPushBack"] = null;

  /** Takes any event of the run, in their order. */
  observe(event: RunEvent): void {
    if (event.type !== "arrival") return;
    const { t, reason, ratePerS, beforePerS } = event;
    this.#last = event;
    this.#highestPerS = Math.max(this.#highestPerS, ratePerS, beforePerS);
    if (reason === "refine") this.#heldPerS = ratePerS;
    if (reason !== "throttled" && reason !== "latency") return;
    this.#heldPerS = ratePerS;
    this.#pushBacks[reason] += 1;
    this.#first ??= { reason, atS: t / 1_000, ratePerS: beforePerS };
  }

  /** null where the plan, and not the services, said when devices start. */
  result(): ArrivalResult | null {
    const last = this.#last;
    if (last === undefined) return null;
    return {
      way: "adaptive",
      started: last.started,
      endS: last.reason === "complete" ? last.t / 1_000 : null,
      highestPerS: this.#highestPerS,
      heldPerS: this.#heldPerS,
      pushBacks: this.#pushBacks,
      firstPushBack: this.#first,
    };
  }
}
