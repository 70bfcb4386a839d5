import { expect, test } from "vitest";
import { parseSummary } from "../../src/output/summary-schema.ts";
import { startCollector } from "../support/collector.ts";
import { EXPRESSIONS, metricsIn } from "../support/dashboard.ts";
import { emulatorInfo } from "../support/emulator-info.ts";
import { startTestCloud } from "../support/fleet.ts";
import { Program, workplace } from "../support/program.ts";
import { hasPrometheus, promtoolProblems, startPrometheus } from "../support/prometheus-server.ts";

const DEVICES = 6;

test.skipIf(!hasPrometheus)(
  "Prometheus scrapes a run and its emulator, a collector gets the end, and both have what the summary has",
  async () => {
    await using place = await workplace();
    await using cloud = await startTestCloud({ group: false });
    await using collector = await startCollector();
    const { emulator, pki } = cloud;
    const caFile = await place.file("ca.pem", pki.root.certificatePem);
    const info = await place.file("emulator.json", JSON.stringify(emulatorInfo(emulator, caFile)));
    const token = await place.file("admin.token", emulator.adminToken);
    // A device sends its first message at once and its second after the test: the counts stand still.
    const scenario = await place.scenario({
      emulator: {},
      duration: "1h",
      fleet: [
        {
          model: "cheese-cave",
          count: DEVICES,
          registrationId: "cave{n}",
          telemetry: { interval: "1h" },
        },
      ],
    });
    await using program = new Program([
      "run",
      scenario,
      "--emulator",
      info,
      "--out",
      place.out,
      "--certs",
      place.certs,
      "--workers",
      "1",
      "--prometheus",
      "0",
      "--otlp",
      collector.url,
    ]);
    const [, fleetAddress = ""] = await program.printed(
      /metrics for Prometheus: http:\/\/(\S+)\/metrics/,
    );
    await using prometheus = await startPrometheus(place.dir, [
      { job_name: "dps-fleet", static_configs: [{ targets: [fleetAddress] }] },
      {
        job_name: "emulator",
        scheme: "https",
        metrics_path: "/emulator/metrics/prometheus",
        authorization: { credentials_file: token },
        tls_config: { ca_file: caFile },
        static_configs: [{ targets: [new URL(emulator.adminUrl).host] }],
      },
    ]);
    await prometheus.until("sum(dps_fleet_telemetry_acked_total)", DEVICES);
    await prometheus.until("sum(azure_iothub_d2c_telemetry_ingress_success_total)", DEVICES);
    await prometheus.until("sum(dps_fleet_devices{state='streaming'})", DEVICES);
    await prometheus.until("sum(dps_fleet_reported_acked_total)", DEVICES);
    expect(await prometheus.query("up", "job")).toEqual(
      new Map([
        ["dps-fleet", 1],
        ["emulator", 1],
      ]),
    );
    const metrics = await (await fetch(`http://${fleetAddress}/metrics`)).text();
    expect(promtoolProblems(["check", "metrics"], metrics)).toBe("");
    const scraped = await prometheus.query(
      "sum by (name) (label_replace({__name__=~'dps_fleet_.+_total|dps_fleet_registration_seconds_count'}, 'name', '$1', '__name__', '(.+)'))",
      "name",
    );
    // Grafana asks the same of it: every expression is one, and every metric of the emulator in them is there.
    for (const expression of EXPRESSIONS) await prometheus.query(expression);
    const there = await prometheus.query("count by (__name__) ({__name__=~'azure_.+'})");
    const asked = EXPRESSIONS.flatMap(metricsIn).filter((name) => name.startsWith("azure_"));
    expect(asked.filter((name) => !there.has(name))).toEqual([]);
    program.signal("SIGINT");
    expect((await program.ended).exitCode).toBe(130);
    const { registration, connection, telemetry, twin } = parseSummary(
      JSON.parse(await place.result("summary.json")),
    );
    const summed = {
      dps_fleet_registration_attempts: registration.attempts,
      dps_fleet_registration_assigned: registration.assigned,
      dps_fleet_throttled: registration.throttled,
      dps_fleet_connection_opened: connection.opened,
      dps_fleet_telemetry_sent: telemetry.sent,
      dps_fleet_telemetry_acked: telemetry.acked,
      dps_fleet_reported_acked: twin.reportedAcked,
    };
    expect(summed.dps_fleet_telemetry_sent).toBe(DEVICES);
    for (const [name, value] of Object.entries(summed))
      expect([name, scraped.get(`${name}_total`)]).toEqual([name, value]);
    expect(scraped.get("dps_fleet_registration_seconds_count")).toBe(registration.ms.count);
    const pushed = collector.pushes.at(-1);
    expect(pushed?.numbers).toMatchObject(summed);
    expect(pushed?.numbers).toMatchObject({
      dps_fleet_devices_assigned: DEVICES,
      dps_fleet_telemetry_missing: 0,
    });
    expect(pushed?.counts["dps_fleet_registration_seconds"]).toBe(registration.ms.count);
  },
);
