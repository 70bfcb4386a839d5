import type { FleetError } from "../base/errors.ts";
import type { LedgerResult } from "../output/ledger.ts";
import type { TwinFindings } from "../output/twin-summary.ts";
import type { Summary } from "../output/summary.ts";
import type { RunFacts } from "../results/run-facts.ts";
import type { LiveRun } from "./live-run.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunIdentity } from "./run-identity.ts";
import { asksDps } from "./run-identity.ts";

/** What is known of a run once its devices are stopped. */
export interface EndedRun {
  readonly run: RunIdentity;
  /** Whether it was taken up where another supervisor had left it. */
  readonly resumed: boolean;
  readonly prepared: PreparedRun;
  readonly live: Pick<LiveRun, "t" | "view" | "aborted" | "actions" | "workers">;
  /** What broke it off, if anything did. */
  readonly failure: FleetError | undefined;
  /** Whether the user has stopped it. */
  readonly stopped: boolean;
  /** Whether somebody who steered it has ended it, in good order. */
  readonly finished: boolean;
  readonly arrival: Summary["arrival"];
  readonly timeline: Summary["timeline"];
  readonly control: Summary["control"];
  readonly twins: TwinFindings;
  readonly ledger: LedgerResult | null;
  readonly lostFiles: readonly string[];
  readonly strict: boolean;
}

/** Everything that a run is judged by. */
export function factsOfRun(ended: EndedRun): RunFacts {
  const { run, resumed, prepared, live, failure, stopped, finished } = ended;
  const { arrival, control, timeline, twins, ledger, lostFiles, strict } = ended;
  const { plan, workers: planned } = prepared;
  const { id, scenario, seed, target, startedAt, ...origin } = run;
  // A stop in the final drain counts too; where nothing but a stop ends a run, it is no interruption.
  const brokenOff = stopped && plan.durationMs !== undefined;
  const interrupted = brokenOff || failure?.code === "INTERRUPTED";
  return {
    // In this order: the file is to be the same when it is made of the record.
    run: {
      id,
      scenario,
      seed,
      target,
      startedAt,
      durationS: Math.round(live.t) / 1_000,
      ...origin,
      resumed,
    },
    thresholds: plan.thresholds,
    asksDps: asksDps(prepared),
    end: {
      interrupted,
      stoppedArriving: (stopped || finished) && !interrupted && live.view.isArriving,
      failure,
      aborted: live.aborted,
    },
    arrival,
    control,
    aggregate: live.view.aggregate,
    timeline,
    twins,
    actions: live.actions,
    ledger,
    workers: { planned, ...live.workers },
    generator: live.view.generator,
    lostFiles,
    strict,
  };
}
