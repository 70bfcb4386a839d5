import type { ThresholdView } from "../metrics/thresholds.ts";
import type { RunFacts } from "./run-facts.ts";

/** What thresholds over a whole run are held against. */
export const thresholdView = ({ aggregate, ledger, workers }: RunFacts): ThresholdView => ({
  aggregate,
  extra: {
    telemetry_missing: ledger?.missing ?? null,
    telemetry_duplicated: ledger?.duplicated ?? null,
    telemetry_out_of_order: ledger?.outOfOrder ?? null,
    telemetry_unconfirmed: ledger?.unconfirmed ?? null,
    workers_lost: workers.lost,
    workers_restarted: workers.restarted,
  },
});
