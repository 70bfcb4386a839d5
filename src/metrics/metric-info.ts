/** What splits a metric; each value of a label is a part of the whole. */
export type LabelName =
  "hub" | "model" | "phase" | "class" | "alert" | "kind" | "worker" | "service" | "action";

/** To what devices try to connect: the values of the label `service`. */
export const ATTEMPTED_SERVICES = ["dps", "hub"] as const;
export type AttemptedService = (typeof ATTEMPTED_SERVICES)[number];

/** Labels of what a device does at its hub; what it does before it has one carries none of the hub. */
export const AT_HUB = ["hub", "model", "phase"] as const;
/** Labels of what a device asks DPS: no hub is part of that until DPS has answered. */
export const AT_DPS = ["model", "phase"] as const;
/** Labels of how devices follow a twin action: its name, or its place in the timeline where it has none. */
export const OF_ACTION = [...AT_HUB, "action"] as const;
/** Labels of what is known of each device at the end. */
export const OF_DEVICE = ["hub", "model"] as const;

/** One measured quantity, as thresholds, Prometheus and the docs know it. */
export interface MetricInfo {
  /** histogram: many values with percentiles; counter: grows; derived: computed from rows, ledger or supervisor. */
  readonly kind: "histogram" | "counter" | "derived";
  readonly unit: "ms" | "bytes" | "1";
  /** What splits the metric; empty where nothing does. A series carries those of them that are known. */
  readonly labels: readonly LabelName[];
  /** Metrics whose sum is the whole that `rate` and `%` relate to; absent = the metric has no share. */
  readonly total?: readonly string[];
  /** Why it says nothing before the end, so that no run can be aborted by it; absent = it can. */
  readonly endOnly?: string;
  /** A counter that is counted by the second too, so that its peak is exact. */
  readonly perSecond?: true;
  readonly help: string;
  /** The moment at which it gets a value or grows, as the docs say it. */
  readonly when: string;
}
