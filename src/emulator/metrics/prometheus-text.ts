import { DPS_METRICS } from "./dps-catalogue.ts";
import { HUB_METRICS } from "./hub-catalogue.ts";
import type { MetricCatalogue } from "./metric-definition.ts";
import { prometheusName } from "./prometheus-name.ts";
import type { EmulatorMetrics, Reading } from "./readings.ts";

/** Of what `prometheusText` gives. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Readonly<Record<string, string>>;

/** The metrics of one hub, or of one DPS instance. */
interface Resource {
  readonly labels: Labels;
  readonly readings: Readonly<Record<string, Reading>>;
}

/**
 * Metrics in Prometheus' text format. What Azure adds up is a counter, `azure_iothub_…_total` or `azure_dps_…_total`;
 * what it averages is a summary without quantiles, `…_sum` and `…_count`; what is present is a gauge. A hub is told by
 * the label `hub`, a dimension by the label of its name; the help text has Azure's own name.
 * Source: Prometheus documentation, "Exposition formats", text-based format.
 */
export function prometheusText({ hubs, provisioningServices }: EmulatorMetrics): string {
  const ofHubs = Object.entries(hubs).map(([hub, readings]) => ({ labels: { hub }, readings }));
  const ofDps = Object.values(provisioningServices).map((readings) => ({ labels: {}, readings }));
  return [
    ...catalogueText("azure_iothub_", HUB_METRICS, ofHubs),
    ...catalogueText("azure_dps_", DPS_METRICS, ofDps),
    "",
  ].join("\n");
}

function catalogueText(
  prefix: string,
  catalogue: MetricCatalogue,
  resources: readonly Resource[],
): readonly string[] {
  return Object.entries(catalogue).flatMap(([azureName, { displayName, unit }]) => {
    const readings = resources.flatMap(({ labels, readings: all }) => {
      const reading = all[azureName];
      return reading === undefined ? [] : [{ labels, reading }];
    });
    const type = typeOf(readings[0]?.reading);
    const name = `${prefix}${prometheusName(azureName)}${type === "counter" ? "_total" : ""}`;
    const help = `${displayName}, ${unit} (${azureName})`;
    return [
      `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
      `# TYPE ${name} ${type}`,
      ...readings.flatMap(({ labels, reading }) => samplesOf(name, labels, reading)),
    ];
  });
}

function typeOf(reading: Reading | undefined): "counter" | "gauge" | "summary" {
  if (reading !== undefined && "current" in reading) return "gauge";
  return reading !== undefined && "average" in reading ? "summary" : "counter";
}

/** Of the parts, where there are dimensions: their sum is the whole. */
function samplesOf(name: string, labels: Labels, reading: Reading): readonly string[] {
  if ("series" in reading)
    return reading.series.flatMap(({ dimensions, ...part }) =>
      samplesOf(name, { ...labels, ...labelled(dimensions) }, part),
    );
  if ("current" in reading) return [sample(name, labels, reading.current)];
  if (!("average" in reading)) return [sample(name, labels, reading.total)];
  const { total, count } = reading;
  return [sample(`${name}_sum`, labels, total), sample(`${name}_count`, labels, count)];
}

function labelled(dimensions: Labels): Labels {
  const pairs = Object.entries(dimensions).map(([name, value]) => [prometheusName(name), value]);
  return Object.fromEntries(pairs);
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
