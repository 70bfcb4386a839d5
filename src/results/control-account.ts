import type { RunEvent } from "../output/output.ts";
import type { ControlResult } from "../output/summary.ts";

/** As many are kept: a script may ask thousands of times. */
const MOST = 1_000;

/** What people asked of the run while it went on, by the events that told of it. */
export class ControlAccount {
  readonly #results: ControlResult[] = [];

  /** Takes any event of the run, in their order. */
  observe(event: RunEvent): void {
    if (event.type !== "control" || this.#results.length >= MOST) return;
    const { t, by, request, outcome } = event;
    this.#results.push({ atS: t / 1_000, by, request, outcome });
  }

  /** In the order in which they came; the first thousand. */
  results(): readonly ControlResult[] {
    return [...this.#results];
  }
}
