import { readFileSync } from "node:fs";
import { z } from "zod";

const target = z.object({ expr: z.string(), datasource: z.object({ uid: z.string() }) });
const dashboard = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      type: z.enum(["row", "stat", "timeseries"]),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(target).default([]),
    }),
  ),
});

/** The dashboard that Grafana shows, as far as tests look at it. */
export const DASHBOARD = dashboard.parse(
  JSON.parse(readFileSync("observability/grafana/dashboards/fleet-and-emulator.json", "utf8")),
);

/** Its expressions in PromQL, with a time in place of Grafana's variable. */
export const EXPRESSIONS: readonly string[] = DASHBOARD.panels
  .flatMap(({ targets }) => targets)
  .map(({ expr }) => expr.replaceAll("$__rate_interval", "30s"));

/** The metrics that an expression is about. */
export const metricsIn = (expression: string): readonly string[] =>
  expression.match(/\b(?:dps_fleet|azure)_\w+/g) ?? [];
