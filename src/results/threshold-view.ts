import type { ThresholdView } from "../metrics/thresholds.ts";
import { generatorHealth } from "./generator-health.ts";
import { generatorMetrics } from "./generator-metrics.ts";
import type { RunFacts } from "./run-facts.ts";

/** The facts that thresholds look at: known at any moment of a run, the ledger at its end. */
export type MeasuredFacts = Pick<RunFacts, "aggregate" | "ledger" | "generator"> & {
  readonly workers: Pick<RunFacts["workers"], "lost" | "restarted">;
};

/** What thresholds over a whole run are held against. */
export function thresholdView(facts: MeasuredFacts): ThresholdView {
  const { aggregate, ledger, workers } = facts;
  const extra = {
    telemetry_missing: ledger?.missing ?? null,
    telemetry_duplicated: ledger?.duplicated ?? null,
    telemetry_out_of_order: ledger?.outOfOrder ?? null,
    telemetry_unconfirmed: ledger?.unconfirmed ?? null,
    ...(ledger === null ? { telemetry_delay_ms: null } : {}),
    workers_lost: workers.lost,
    workers_restarted: workers.restarted,
    ...generatorMetrics(generatorHealth(facts)),
  };
  return { aggregate, extra };
}
