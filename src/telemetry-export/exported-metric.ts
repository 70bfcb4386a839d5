import { METRICS } from "../metrics/catalog.ts";
import type { MetricInfo } from "../metrics/metric-info.ts";

/** A metric as Prometheus and OpenTelemetry get it. */
export interface ExportedMetric {
  /** As OpenTelemetry names it; Prometheus adds `_total` to counters. */
  readonly name: string;
  /** As Prometheus names it, without what histograms add: `_bucket`, `_sum`, `_count`. */
  readonly prometheusName: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** In UCUM; empty where things are counted. */
  readonly unit: "s" | "By" | "";
  /** What a value of the catalogue is multiplied by. */
  readonly factor: number;
  readonly help: string;
}

/** Both ask for base units: seconds, bytes. Source: Prometheus documentation, "Metric and label naming". */
const BASE_UNITS: Readonly<
  Record<
    MetricInfo["unit"],
    { readonly suffix: string; readonly unit: ExportedMetric["unit"]; readonly factor: number }
  >
> = {
  ms: { suffix: "seconds", unit: "s", factor: 1 / 1_000 },
  bytes: { suffix: "bytes", unit: "By", factor: 1 },
  "1": { suffix: "", unit: "", factor: 1 },
};

const TYPES: Readonly<Record<MetricInfo["kind"], ExportedMetric["type"]>> = {
  counter: "counter",
  derived: "gauge",
  histogram: "histogram",
};

/** `registration_ms` is `dps_fleet_registration_seconds`, `throttled` is `dps_fleet_throttled_total`. */
export function exportedMetric(catalogueName: string, info: MetricInfo): ExportedMetric {
  const { suffix, unit, factor } = BASE_UNITS[info.unit];
  const type = TYPES[info.kind];
  const quantity = catalogueName.replace(new RegExp(`_${info.unit}$`), "");
  const name = ["dps_fleet", quantity, suffix].filter((part) => part !== "").join("_");
  return {
    name,
    prometheusName: type === "counter" ? `${name}_total` : name,
    type,
    unit,
    factor,
    help: info.help,
  };
}

/** Devices by the state that they are in now: no metric of the catalogue, whose metrics are of the whole run. */
export const DEVICES_NOW: ExportedMetric = {
  name: "dps_fleet_devices",
  prometheusName: "dps_fleet_devices",
  type: "gauge",
  unit: "",
  factor: 1,
  help: "Devices by state and assigned hub; without a hub: not assigned yet",
};

/** All that is exported, as Prometheus names it. */
export const EXPORTED: readonly ExportedMetric[] = [
  ...Object.entries(METRICS).map(([name, info]) => exportedMetric(name, info)),
  DEVICES_NOW,
];
