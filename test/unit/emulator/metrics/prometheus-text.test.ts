import fc from "fast-check";
import { expect, test } from "vitest";
import { Deliveries } from "../../../../src/emulator/events/deliveries.ts";
import { DPS_METRICS } from "../../../../src/emulator/metrics/dps-catalogue.ts";
import { DpsMetrics } from "../../../../src/emulator/metrics/dps-metrics.ts";
import { HUB_METRICS } from "../../../../src/emulator/metrics/hub-catalogue.ts";
import { prometheusName } from "../../../../src/emulator/metrics/prometheus-name.ts";
import { prometheusText } from "../../../../src/emulator/metrics/prometheus-text.ts";
import { askedOverMqtt } from "../../../../src/emulator/operations/operation.ts";
import { parsePrometheus, sampleValue } from "../../../support/prometheus.ts";
import { hubMetrics } from "./counted-hub.ts";

const TIMES = { since: "2026-01-01T00:00:00.000Z", time: "2026-01-01T00:00:01.000Z" };

test("every metric is there by the name that the rule gives it, with Azure's own in its help", () => {
  const hub = hubMetrics();
  const families = parsePrometheus(
    prometheusText({
      ...TIMES,
      hubs: { "a.test": hub.read() },
      provisioningServices: { "dps.test": new DpsMetrics("dps").read() },
    }),
  );
  const names = families.map(({ name, type }) =>
    name.replace(type === "counter" ? /_total$/ : "", ""),
  );
  expect(names).toEqual([
    ...Object.keys(HUB_METRICS).map((name) => `azure_iothub_${prometheusName(name)}`),
    ...Object.keys(DPS_METRICS).map((name) => `azure_dps_${prometheusName(name)}`),
  ]);
  for (const { help } of families) expect(help).toMatch(/, (Count|Bytes|Milliseconds) \([\w.]+\)$/);
});

test("what is scraped are the readings, whatever the names of hubs and endpoints", () => {
  const name = fc.string({ minLength: 1 }).filter((text) => text !== "__proto__");
  const endpoints = fc.dictionary(name, fc.array(fc.nat(1000), { minLength: 1 }), { maxKeys: 3 });
  fc.assert(
    fc.property(name, endpoints, fc.nat(5), (hubName, byEndpoint, sends) => {
      const deliveries = new Map<string, Deliveries>();
      for (const [endpoint, bodies] of Object.entries(byEndpoint)) {
        const delivered = new Deliveries();
        for (const bytes of bodies) delivered.note(bytes, 3);
        deliveries.set(endpoint, delivered);
      }
      const hub = hubMetrics({ deliveries });
      const operation = askedOverMqtt("sendTelemetry", "dev", 1);
      for (let n = 0; n < sends; n++)
        hub.metrics.ended(operation, { fault: undefined, answerBytes: 0 });
      const text = prometheusText({
        ...TIMES,
        hubs: { [hubName]: hub.read() },
        provisioningServices: {},
      });
      const families = parsePrometheus(text);
      const at = { hub: hubName };
      expect(sampleValue(families, "azure_iothub_d2c_telemetry_ingress_success_total", at)).toBe(
        sends,
      );
      for (const [endpoint, bodies] of Object.entries(byEndpoint)) {
        const there = { ...at, endpoint_name: endpoint, routing_source: "Device Messages" };
        const latency = "azure_iothub_routing_delivery_latency";
        expect(sampleValue(families, `${latency}_count`, there)).toBe(bodies.length);
        expect(sampleValue(families, `${latency}_sum`, there)).toBe(bodies.length * 3);
        expect(
          sampleValue(families, "azure_iothub_routing_data_size_in_bytes_delivered_total", there),
        ).toBe(bodies.reduce((sum, bytes) => sum + bytes, 0));
      }
    }),
  );
});

test("what there is now is a gauge, and what is averaged a summary", () => {
  const hub = hubMetrics({ connected: 2 });
  const text = prometheusText({
    ...TIMES,
    hubs: { "a.test": hub.read() },
    provisioningServices: {},
  });
  const families = parsePrometheus(text);
  const typeOf = (name: string) => families.find((family) => family.name === name)?.type;
  expect(typeOf("azure_iothub_connected_device_count")).toBe("gauge");
  expect(sampleValue(families, "azure_iothub_connected_device_count", { hub: "a.test" })).toBe(2);
  expect(typeOf("azure_iothub_c2d_methods_request_size")).toBe("summary");
});
