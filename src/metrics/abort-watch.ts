import { metricInfo } from "./catalog.ts";
import type { Threshold } from "./threshold-expression.ts";
import type { ThresholdView } from "./thresholds.ts";
import { evaluateThreshold, parseThreshold } from "./thresholds.ts";

/** A threshold that ends the run as soon as it fails. */
export interface AbortRule {
  /** A text that `parseThreshold` understands, and that `abortProblem` has nothing against. */
  readonly expression: string;
  /** It is not looked at before so many ms after time 0. */
  readonly graceMs: number;
}

/** The threshold that ended a run. */
export interface AbortedBy {
  readonly expression: string;
  /** When it was seen to fail, ms after time 0. */
  readonly t: number;
  /** What it was held against then, in its unit. */
  readonly observed: number;
}

/** @returns why no run can be aborted by a threshold; undefined = one can */
export function abortProblem({ metric }: Threshold): string | undefined {
  const why = metricInfo(metric)?.endOnly;
  return why === undefined ? undefined : `${metric} cannot abort a run: ${why}`;
}

/** Looks, while a run lasts, whether one of the thresholds that abort it fails; one that has no sample yet does not. */
export class AbortWatch {
  readonly #rules: readonly { readonly threshold: Threshold; readonly graceMs: number }[];
  #aborted: AbortedBy | undefined;

  constructor(rules: readonly AbortRule[]) {
    this.#rules = rules.flatMap(({ expression, graceMs }) => {
      const parsed = parseThreshold(expression);
      // Whoever made the plan has parsed each of them before.
      return "threshold" in parsed ? [{ threshold: parsed.threshold, graceMs }] : [];
    });
  }

  /** The first that failed; it stays. */
  get aborted(): AbortedBy | undefined {
    return this.#aborted;
  }

  /**
   * @param t ms after time 0
   * @param view the fleet as it is now
   * @returns the threshold that failed with this look
   */
  look(t: number, view: ThresholdView): AbortedBy | undefined {
    if (this.#aborted !== undefined) return undefined;
    for (const { threshold, graceMs } of this.#rules) {
      if (t < graceMs) continue;
      const { expression, observed, passed } = evaluateThreshold(threshold, view);
      if (passed !== false || observed === null) continue;
      this.#aborted = { expression, t, observed };
      return this.#aborted;
    }
    return undefined;
  }
}
