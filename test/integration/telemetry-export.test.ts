import { createServer } from "node:net";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Aggregate } from "../../src/metrics/aggregate.ts";
import type { ExportWishes } from "../../src/telemetry-export/open-telemetry-export.ts";
import { openTelemetryExport } from "../../src/telemetry-export/open-telemetry-export.ts";
import { startCollector } from "../support/collector.ts";
import { temporaryDir, testPki } from "../support/pki.ts";
import { snapshotOf } from "../unit/metrics/snapshots.ts";

const RUN = {
  id: "r-1",
  scenario: "caves",
  target: "emulator",
  version: "1.2.3",
  startedMs: 1_000,
} as const;

/** An export of a fleet of this test's own, and what it tells. */
async function exporting(
  wishes: ExportWishes,
  env: Readonly<Record<string, string>> = {},
  cwd = "/",
) {
  const told: string[] = [];
  const opened = await openTelemetryExport(wishes, {
    env,
    cwd,
    nowMs: () => 2_000,
    console: {
      phase: (text) => void told.push(text),
      warning: (text) => void told.push(`! ${text}`),
    },
  });
  if (opened === undefined) throw new TypeError("nothing was opened");
  const aggregate = new Aggregate([{ registrationId: "cave-1", model: "cheese-cave" }]);
  let sequence = 0;
  return {
    opened,
    told,
    begin: () => opened.begin(RUN, () => ({ aggregate, extra: () => undefined })),
    count: (counters: Readonly<Record<string, number>>) => {
      sequence += 1;
      aggregate.add(snapshotOf({ sequence, counters }));
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

const SOON = { timeout: 10_000, interval: 10 };
const LOOPBACK = { host: "127.0.0.1", port: 0 };
const urlOf = (told: readonly string[]): string => /http\S+/.exec(told[0] ?? "")?.[0] ?? "";

test("a scrape gets the values of its moment, from the begin of the run until it closes", async () => {
  await using fleet = await exporting({ prometheus: LOOPBACK });
  const url = urlOf(fleet.told);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  expect((await fetch(url)).status).toBe(503);
  fleet.begin();
  fleet.count({ "telemetry_failed{class:offline}": 3 });
  const first = await fetch(url);
  expect(first.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await first.text();
  expect(text).toContain('\ndps_fleet_telemetry_failed_total{class="offline"} 3\n');
  expect(text).toContain(
    'target_info{service_name="dps-fleet",service_version="1.2.3",service_instance_id="r-1"',
  );
  fleet.count({ "telemetry_failed{class:offline}": 2 });
  expect(await (await fetch(url)).text()).toContain('{class="offline"} 5\n');
  await fleet.opened.finish();
  expect((await fetch(url)).status).toBe(200);
  await fleet.opened[Symbol.asyncDispose]();
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("anything but a scrape is refused", async () => {
  await using fleet = await exporting({ prometheus: LOOPBACK });
  fleet.begin();
  const url = urlOf(fleet.told);
  const other = await fetch(new URL("/", url));
  expect([other.status, await other.text()]).toEqual([404, "metrics are at /metrics\n"]);
  const post = await fetch(url, { method: "POST" });
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  const head = await fetch(url, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("a port that is taken is named with its holder and the mend", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const address = holder.address();
  if (address === null || typeof address === "string") throw new TypeError("no TCP address");
  await expect(
    exporting({ prometheus: { ...LOOPBACK, port: address.port } }),
  ).rejects.toMatchObject({
    code: "ADDRESS_IN_USE",
    message: expect.stringContaining(`127.0.0.1:${address.port} is already in use by`),
    hint: expect.stringContaining("0 takes a free one"),
  });
  holder.close();
});

test("pushes carry totals, the run, the headers of the environment and the values of the end", async () => {
  await using collector = await startCollector();
  const env = {
    OTEL_METRIC_EXPORT_INTERVAL: "20",
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=s3cret",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment=ci",
  };
  await using fleet = await exporting({ otlp: collector.url }, env);
  fleet.begin();
  fleet.count({ telemetry_sent: 4 });
  await expect
    .poll(() => collector.pushes.at(-1)?.numbers["dps_fleet_telemetry_sent"], SOON)
    .toBe(4);
  fleet.count({ telemetry_sent: 1 });
  await fleet.opened.finish();
  const last = collector.pushes.at(-1);
  expect(last?.path).toBe("/v1/metrics");
  expect(last?.headers).toMatchObject({ "content-type": "application/json", "api-key": "s3cret" });
  expect(last?.resource).toEqual({
    "service.name": "dps-fleet",
    "service.version": "1.2.3",
    "service.instance.id": "r-1",
    "dps_fleet.scenario": "caves",
    "dps_fleet.target": "emulator",
    "deployment.environment": "ci",
  });
  expect(last?.numbers).toMatchObject({ dps_fleet_telemetry_sent: 5, dps_fleet_devices: 1 });
  expect(fleet.told).toEqual([`metrics go to ${collector.url}/v1/metrics every 0.02 s`]);
});

test("a collector over TLS is checked against the CA of the environment", async () => {
  const pki = await testPki();
  const { chainPem, privateKeyPem } = await pki.server(["127.0.0.1"]);
  await using collector = await startCollector({ cert: chainPem, key: privateKeyPem });
  using folder = temporaryDir();
  await writeFile(join(folder.path, "ca.pem"), pki.root.certificatePem);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  await using trusting = await exporting(
    {},
    { ...env, OTEL_EXPORTER_OTLP_CERTIFICATE: "ca.pem" },
    folder.path,
  );
  trusting.begin();
  await trusting.opened.finish();
  expect(collector.pushes).toHaveLength(1);
  await using other = await exporting({}, env);
  other.begin();
  await other.opened.finish();
  expect(collector.pushes).toHaveLength(1);
  expect(other.told[1]).toContain("OTEL_EXPORTER_OTLP_CERTIFICATE names the file with the CA");
});

test.for([
  [401, "(HTTP 401): OTEL_EXPORTER_OTLP_HEADERS has the credentials"],
  [404, "(HTTP 404): is that the collector's path for OTLP over HTTP?"],
  [415, "(HTTP 415): the collector must take OTLP over HTTP as JSON"],
] as const)(
  "a collector that answers %i is told once, with what to do, and counted",
  async ([status, text]) => {
    await using collector = await startCollector();
    collector.status = status;
    await using fleet = await exporting(
      { otlp: collector.url },
      { OTEL_METRIC_EXPORT_INTERVAL: "10" },
    );
    fleet.begin();
    await expect.poll(() => fleet.told, SOON).toHaveLength(2);
    await fleet.opened.finish();
    expect(fleet.told[1]).toContain(text);
    expect(fleet.told[2]).toMatch(
      /^! (\d+) of \1 pushes of metrics did not reach .*; it lacks the values of the end$/,
    );
    expect(fleet.told).toHaveLength(3);
  },
);

test("a collector that is away costs the end no more than the time of one push", async () => {
  await using gone = await startCollector();
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  await using fleet = await exporting({ otlp: url }, { OTEL_EXPORTER_OTLP_TIMEOUT: "200" });
  fleet.begin();
  await fleet.opened.finish();
  expect(fleet.told.slice(1)).toEqual([
    expect.stringMatching(/^! metrics did not reach .*ECONNREFUSED.*4318/),
    `! 1 of 1 pushes of metrics did not reach ${url}/v1/metrics; it lacks the values of the end`,
  ]);
});

test("a collector that comes back has all: each push is of totals", async () => {
  await using collector = await startCollector();
  collector.status = 404;
  await using fleet = await exporting(
    { otlp: collector.url },
    { OTEL_METRIC_EXPORT_INTERVAL: "10" },
  );
  fleet.begin();
  fleet.count({ telemetry_sent: 7 });
  await expect.poll(() => fleet.told, SOON).toHaveLength(2);
  collector.status = 200;
  await fleet.opened.finish();
  expect(collector.pushes.at(-1)?.numbers["dps_fleet_telemetry_sent"]).toBe(7);
  expect(fleet.told.at(-1)).toMatch(/; it has the values of the end$/);
});
