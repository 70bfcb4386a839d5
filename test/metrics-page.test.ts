import { readFileSync } from "node:fs";
import { format } from "prettier";
import { expect, test } from "vitest";
import { metricsPage } from "../scripts/metrics-page.ts";
import { METRICS } from "../src/metrics/catalog.ts";

const PAGE = readFileSync("docs/metrics.md", "utf8");

test("docs/metrics.md is what the catalogue says; if not, run `npm run build && npm run schemas`", async () => {
  expect(PAGE).toBe(await format(metricsPage(), { parser: "markdown", printWidth: 100 }));
});

test("the page has a row for every metric, with its kind", () => {
  const [catalogue = ""] = PAGE.split("\n## As Prometheus");
  const rows = catalogue.matchAll(/^\| `(\w+)` +\|[^|]*\| (\w+) /gm);
  const told = Object.fromEntries(Array.from(rows, ([, name, kind]) => [name, kind]));
  const known = Object.entries(METRICS).map(([name, { kind }]) => [name, kind]);
  expect(told).toEqual(Object.fromEntries(known));
});
