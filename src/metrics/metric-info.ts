/** One measured quantity, as thresholds, Prometheus and the docs know it. */
export interface MetricInfo {
  /** histogram: many values with percentiles; counter: grows; derived: computed from rows, ledger or supervisor. */
  readonly kind: "histogram" | "counter" | "derived";
  readonly unit: "ms" | "bytes" | "1";
  /** The one label that splits the metric, if any. */
  readonly label?: "hub" | "class" | "alert" | "kind" | "worker";
  /** Metrics whose sum is the whole that `rate` and `%` relate to; absent = the metric has no share. */
  readonly total?: readonly string[];
  readonly help: string;
  /** The moment at which it gets a value or grows, as the docs say it. */
  readonly when: string;
}
