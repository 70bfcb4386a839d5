import { FAILURE_CLASSES } from "../src/base/failure.ts";
import { COUNTERS } from "../src/metrics/counters.ts";
import { DERIVED } from "../src/metrics/derived.ts";
import { LATENCIES } from "../src/metrics/latencies.ts";
import { METRICS } from "../src/metrics/catalog.ts";
import type { MetricInfo } from "../src/metrics/metric-info.ts";
import { DEVICES_NOW, exportedMetric } from "../src/telemetry-export/exported-metric.ts";

/** The text of `docs/metrics.md`, from the catalogue of metrics. */
export function metricsPage(): string {
  const parts = [
    INTRODUCTION,
    "## Histograms",
    "Latencies: many values each, with `count`, `min`, `mean`, `max` and percentiles. They count from the moment at which the work was due, so that a stalled sender shows; a phase of a registration or connection, from the end of the one before. They are kept to three digits, from 1 µs to 1 h.",
    table(LATENCIES),
    "## Counters",
    "They grow while the run lasts, and are 0 until then.",
    table(COUNTERS),
    "## Derived",
    "Computed from what is known of each device, of the messages that the hub ingested, and of the worker processes.",
    table(DERIVED),
    "## As Prometheus and OpenTelemetry have them",
    EXPORT,
    exportedTable(),
  ];
  return `${parts.join("\n\n")}\n`;
}

function table(metrics: Readonly<Record<string, MetricInfo>>): string {
  const rows = Object.entries(metrics).map(([name, info]) => {
    const total = (info.total ?? []).map(code).join(" + ");
    const labels = info.labels.map(code).join(", ");
    const unit = info.unit === "1" ? "" : info.unit;
    return row([code(name), unit, info.kind, labels, total, info.help, info.when]);
  });
  const columns = ["metric", "unit", "kind", "labels", "share of", "what it is", "when"];
  return [row(columns), row(columns.map(() => "---")), ...rows].join("\n");
}

function exportedTable(): string {
  const catalogue: readonly [string, MetricInfo][] = Object.entries(METRICS);
  const named = catalogue.map(([name, info]) => [code(name), exportedMetric(name, info)] as const);
  const rows = [...named, ["", DEVICES_NOW] as const].map(
    ([name, { prometheusName, type, unit }]) => row([name, code(prometheusName), type, unit]),
  );
  const columns = ["metric", "exported as", "type", "unit"];
  return [row(columns), row(columns.map(() => "---")), ...rows].join("\n");
}

const code = (name: string): string => `\`${name}\``;

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const INTRODUCTION = `# Metrics

<!-- Written by \`npm run schemas\` from the catalogue in src/metrics. -->

What every run measures, and what [thresholds](thresholds.md) can be held against. \`summary.json\` has the totals of the end; \`run.ndjson\` has all counters and histograms [once a second](events.md), under \`NAME\` or \`NAME{LABEL:VALUE,LABEL:VALUE}\`, labels by their names in order, with \`%\`, \`,\`, \`{\` and \`}\` of a value percent-encoded.

- **unit**: \`ms\` or \`bytes\`; none where things are counted.
- **labels**: what splits the metric. \`registration_ms{hub:cheesecave-hub.azure-devices.net}\` is that hub's part, \`registration_ms\` the whole, and with several labels between the braces it is what all of them have in common. \`hub\` is a host name, once the device has one; \`model\` the name of the device's model; \`phase\` a [phase of the scenario](scenario.md#phases): a latency belongs to the one in which the work was due, a counter grows in the one that it is; \`alert\` an alert of the scenario by its name; \`kind\` a [kind of fault](faults.md#faults-of-the-devices); \`worker\` a process of the generator, by its number or \`supervisor\`; \`class\` one of ${FAILURE_CLASSES.map(code).join(", ")}.
- **share of**: the whole that \`rate\` and a limit in \`%\` relate to; where several are named, their sum. The whole is that of the same hub, model and phase, as far as it has these labels. Without it there is no \`rate\`.
- **when**: the moment at which a value is taken, or the counter grows. A metric that this run cannot measure decides nothing; one that it can and that has no sample fails its threshold.`;

const EXPORT = `What [\`--prometheus\` and \`--otlp\`](observability.md) give out, with the labels above. OpenTelemetry's name of a counter is the one below without \`_total\`; a histogram has the edges that Prometheus' \`le\` shows. \`dps_fleet_devices\` is how many devices are in each \`state\` now, by \`hub\`.`;
