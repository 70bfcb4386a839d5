import { EXIT_CODES } from "../base/errors.ts";
import type { Verdict } from "../output/summary.ts";

/** What decides over a run that got as far as having a plan. */
export interface VerdictFacts {
  /** Ended by a signal before its time; a run without a duration is not. */
  readonly interrupted: boolean;
  /** A run without a duration was stopped while devices were still on their way: there is nothing to judge yet. */
  readonly stoppedArriving: boolean;
  /** The run broke off with an expected failure; its exit code. */
  readonly failureCode: number | undefined;
  /** Devices of the plan that are to be let in. */
  readonly toAdmit: number;
  /** Devices that got through the first door: assigned by DPS, or let in by the hub where they do not ask DPS. */
  readonly admitted: number;
  /** Shards that nobody hosts any more. */
  readonly lostForGood: number;
  /** null decides nothing. */
  readonly thresholds: readonly { readonly passed: boolean | null }[];
  /** What fails it with --strict; empty without. */
  readonly strict: readonly unknown[];
}

/** The first that holds of interrupted, nothing provisioned or reached, workers lost, threshold failed, passed. */
export function decide(facts: VerdictFacts): { verdict: Verdict; exitCode: number } {
  if (facts.failureCode === EXIT_CODES.USAGE) {
    return { verdict: "failed", exitCode: EXIT_CODES.USAGE };
  }
  if (facts.interrupted) return { verdict: "interrupted", exitCode: EXIT_CODES.INTERRUPTED };
  if (facts.stoppedArriving && facts.failureCode === undefined && facts.lostForGood === 0) {
    return { verdict: "interrupted", exitCode: 0 };
  }
  const failed = failureOf(facts);
  return failed === undefined
    ? { verdict: "passed", exitCode: 0 }
    : { verdict: "failed", exitCode: failed };
}

function failureOf(facts: VerdictFacts): number | undefined {
  const nothing = facts.toAdmit > 0 && facts.admitted === 0;
  if (nothing || facts.failureCode === EXIT_CODES.UNREACHABLE) {
    // A worker that could not start at all says more than that nothing was provisioned.
    return facts.failureCode ?? EXIT_CODES.NOTHING_PROVISIONED;
  }
  if (facts.failureCode !== undefined) return facts.failureCode;
  if (facts.lostForGood > 0) return EXIT_CODES.WORKER_LOST;
  const failed = facts.thresholds.some(({ passed }) => passed === false);
  if (failed || facts.strict.length > 0) return EXIT_CODES.THRESHOLD_FAILED;
  return undefined;
}
