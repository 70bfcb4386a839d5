import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { DPS_METRICS } from "../src/emulator/metrics/dps-catalogue.ts";
import { HUB_METRICS } from "../src/emulator/metrics/hub-catalogue.ts";
import { prometheusName } from "../src/emulator/metrics/prometheus-name.ts";
import { DEFAULT_NAMES } from "../src/emulator/emulator.ts";
import { EXPORTED } from "../src/telemetry-export/exported-metric.ts";
import { COMPOSE } from "./support/compose-file.ts";
import { DASHBOARD, EXPRESSIONS, metricsIn } from "./support/dashboard.ts";
import { hasPrometheus, promtoolProblems } from "./support/prometheus-server.ts";

const { prometheus, grafana, fleet, emulator } = COMPOSE.services;

const PROVISIONING = "observability/grafana/provisioning";
const yamlOf = (path: string): unknown => parse(readFileSync(path, "utf8"));

const scrapeConfig = z.object({
  scrape_configs: z.tuple([
    z.object({
      job_name: z.literal("fleet"),
      static_configs: z.tuple([z.object({ targets: z.array(z.string()) })]),
    }),
    z.strictObject({
      job_name: z.literal("emulator"),
      scheme: z.literal("https"),
      metrics_path: z.string(),
      authorization: z.strictObject({ credentials_file: z.string() }),
      tls_config: z.strictObject({ ca_file: z.string() }),
      static_configs: z.tuple([z.object({ targets: z.array(z.string()) })]),
    }),
  ]),
});

/** Where the emulator has what Prometheus sees of the volume of both. */
const inShared = (path: string): string => path.replace(/^\/azure\//, "/app/shared/");

/** All names that the fleet and the emulator can give a series. */
const known = new Set([
  ...EXPORTED.flatMap(({ prometheusName: name, type }) =>
    type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
  ...[
    ...Object.keys(HUB_METRICS).map((name) => `azure_iothub_${prometheusName(name)}`),
    ...Object.keys(DPS_METRICS).map((name) => `azure_dps_${prometheusName(name)}`),
  ].flatMap((name) => [name, `${name}_total`, `${name}_sum`, `${name}_count`]),
]);

test("every expression of the dashboard is about metrics that there are", () => {
  const used = EXPRESSIONS.flatMap(metricsIn);
  expect(used.filter((name) => !known.has(name))).toEqual([]);
  expect(EXPRESSIONS.filter((expression) => metricsIn(expression).length === 0)).toEqual([]);
  expect(used.filter((name) => name.startsWith("azure_")).length).toBeGreaterThan(5);
  expect(used.filter((name) => name.startsWith("dps_fleet_")).length).toBeGreaterThan(20);
});

test("its panels lie side by side, each with an id of its own", () => {
  const cells = DASHBOARD.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    expect(x + w).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`);
  });
  expect(new Set(cells).size).toBe(cells.length);
  const ids = DASHBOARD.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("Grafana finds its dashboard and Prometheus where compose has them", () => {
  const source = z
    .object({ datasources: z.tuple([z.looseObject({ uid: z.string(), url: z.string() })]) })
    .parse(yamlOf(`${PROVISIONING}/datasources/prometheus.yml`)).datasources[0];
  expect(source).toMatchObject({ type: "prometheus", url: "http://prometheus:9090" });
  for (const { targets } of DASHBOARD.panels)
    for (const { datasource } of targets) expect(datasource.uid).toBe(source.uid);
  const provider = z
    .object({ providers: z.tuple([z.looseObject({ options: z.object({ path: z.string() }) })]) })
    .parse(yamlOf(`${PROVISIONING}/dashboards/dashboards.yml`)).providers[0];
  expect(grafana.volumes).toEqual([
    `./${PROVISIONING}:/etc/grafana/provisioning:ro`,
    `./observability/grafana/dashboards:${provider.options.path}:ro`,
  ]);
  expect(grafana.environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]).toBe(
    `${provider.options.path}/${DASHBOARD.uid}.json`,
  );
});

test("Prometheus scrapes what fleet and emulator open, with the emulator's own CA and token", () => {
  const { scrape_configs } = scrapeConfig.parse(yamlOf("observability/prometheus.yml"));
  const [fleetJob, emulatorJob] = scrape_configs;
  const [, port] = fleet.environment["DPS_FLEET_PROMETHEUS"]?.split(":") ?? [];
  expect(fleetJob.static_configs[0].targets).toEqual([`fleet:${port}`]);
  const [target = ""] = emulatorJob.static_configs[0].targets;
  expect(target).toBe(`${DEFAULT_NAMES.provisioningHost}:443`);
  expect(emulator.networks.azure.aliases).toContain(DEFAULT_NAMES.provisioningHost);
  expect(prometheus.volumes).toEqual([
    "./observability/prometheus.yml:/etc/prometheus/prometheus.yml:ro",
    "shared:/azure:ro",
  ]);
  expect(inShared(emulatorJob.authorization.credentials_file)).toBe(
    emulator.environment["DPS_FLEET_WRITE_TOKEN"],
  );
  expect(inShared(emulatorJob.tls_config.ca_file)).toBe(
    `${emulator.environment["DPS_FLEET_CERTS"]}/emulator/ca.cert.pem`,
  );
});

test("both may do no more than they need, and only Grafana's port is open, on this machine", () => {
  for (const service of [prometheus, grafana]) {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      profiles: ["observability"],
    });
    expect(service.image).toMatch(/^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+$/);
  }
  expect(prometheus.user).toBe("1000:1000");
  expect(prometheus.ports).toBeUndefined();
  expect(grafana.ports).toEqual(["127.0.0.1:3000:3000"]);
  const { networks } = COMPOSE;
  expect([prometheus.networks, grafana.networks]).toEqual([
    ["azure", "series"],
    ["series", "browser"],
  ]);
  expect([networks.azure.internal, networks.series.internal]).toEqual([true, true]);
});

test.skipIf(!hasPrometheus)("promtool finds nothing wrong with the configuration", () => {
  const args = ["check", "config", "--syntax-only", "observability/prometheus.yml"];
  expect(promtoolProblems(args)).toBe("");
});
