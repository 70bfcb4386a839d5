import type { Labels } from "../metrics/metric-key.ts";
import type { ThresholdView } from "../metrics/thresholds.ts";
import { generatorHealth } from "./generator-health.ts";
import { generatorMetrics } from "./generator-metrics.ts";
import type { RunFacts } from "./run-facts.ts";
import { twinMetric } from "./twin-metrics.ts";

/** The facts that thresholds look at: known at any moment of a run, the ledger at its end. */
export type MeasuredFacts = Pick<RunFacts, "aggregate" | "ledger" | "generator"> & {
  readonly workers: Pick<RunFacts["workers"], "lost" | "restarted">;
  /** undefined while the run goes on: they are counted at its end. */
  readonly actions?: RunFacts["actions"] | undefined;
};

/** What the ledger says, by catalogue name. */
const OF_LEDGER = {
  telemetry_missing: "missing",
  telemetry_duplicated: "duplicated",
  telemetry_out_of_order: "outOfOrder",
  telemetry_unconfirmed: "unconfirmed",
} as const;

/** What thresholds over a whole run are held against. */
export function thresholdView(facts: MeasuredFacts): ThresholdView {
  const { aggregate, workers, actions } = facts;
  const others: Readonly<Record<string, number | null>> = {
    ...(facts.ledger === null ? { telemetry_delay_ms: null } : {}),
    workers_lost: workers.lost,
    workers_restarted: workers.restarted,
    ...generatorMetrics(generatorHealth(facts)),
  };
  return {
    aggregate,
    extra: (metric, labels) =>
      isOfLedger(metric)
        ? ledgerCount(facts, OF_LEDGER[metric], labels)
        : Object.hasOwn(others, metric)
          ? others[metric]
          : actions && twinMetric(metric, labels, actions),
  };
}

const isOfLedger = (metric: string): metric is keyof typeof OF_LEDGER =>
  Object.hasOwn(OF_LEDGER, metric);

/** Of the devices of a hub and a model, as far as `labels` name them; null where there is no ledger. */
function ledgerCount(
  { ledger, aggregate }: Pick<MeasuredFacts, "ledger" | "aggregate">,
  trouble: (typeof OF_LEDGER)[keyof typeof OF_LEDGER],
  labels: Labels,
): number | null {
  if (ledger === null) return null;
  const ids = aggregate.idsOf(labels);
  if (ids === undefined) return ledger[trouble];
  const devices = ledger.devices.filter(({ deviceId }) => ids.has(deviceId));
  return devices.reduce((sum, device) => sum + device[trouble], 0);
}
