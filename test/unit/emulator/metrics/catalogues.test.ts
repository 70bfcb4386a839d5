import { expect, test } from "vitest";
import { DPS_METRICS } from "../../../../src/emulator/metrics/dps-catalogue.ts";
import { HUB_METRICS } from "../../../../src/emulator/metrics/hub-catalogue.ts";
import { prometheusName } from "../../../../src/emulator/metrics/prometheus-name.ts";

/** Those with two outcomes. */
const ENDS = [
  "c2d.methods",
  "c2d.twin.read",
  "c2d.twin.update",
  "d2c.twin.read",
  "d2c.twin.update",
  "twinQueries",
  ...["createTwinUpdateJob", "createDirectMethodJob", "listJobs", "cancelJob", "queryJobs"].map(
    (name) => `jobs.${name}`,
  ),
];

/** Microsoft Learn, "Monitoring data reference for Azure IoT Hub". */
const OF_HUBS = [
  ...["allProtocol", "success", "sendThrottle"].map((name) => `d2c.telemetry.ingress.${name}`),
  ...["success", "dropped", "orphaned", "invalid", "fallback"].map(
    (name) => `d2c.telemetry.egress.${name}`,
  ),
  ...["builtIn.events", "eventHubs", "serviceBusQueues", "serviceBusTopics", "storage"].flatMap(
    (name) => [`d2c.endpoints.egress.${name}`, `d2c.endpoints.latency.${name}`],
  ),
  "d2c.endpoints.egress.storage.blobs",
  "d2c.endpoints.egress.storage.bytes",
  "RoutingDeliveries",
  "RoutingDeliveryLatency",
  "RoutingDataSizeInBytesDelivered",
  "dailyMessageQuotaUsed",
  "deviceDataUsage",
  "deviceDataUsageV2",
  "totalDeviceCount",
  "connectedDeviceCount",
  "devices.totalDevices",
  "devices.connectedDevices.allProtocol",
  ...["complete", "abandon", "reject"].map((name) => `c2d.commands.egress.${name}.success`),
  "C2DMessagesExpired",
  ...ENDS.flatMap((name) => [`${name}.success`, `${name}.failure`]),
  ...["c2d.twin.read", "c2d.twin.update", "d2c.twin.read", "d2c.twin.update"].map(
    (name) => `${name}.size`,
  ),
  "c2d.methods.requestSize",
  "c2d.methods.responseSize",
  "twinQueries.resultSize",
  "jobs.completed",
  "jobs.failed",
  "configurations",
  "EventGridDeliveries",
  "EventGridLatency",
];

test("a hub has every metric that Azure documents, and no other", () => {
  expect(Object.keys(HUB_METRICS).toSorted()).toEqual(OF_HUBS.toSorted());
});

test("DPS has every metric that Azure documents, with its dimensions", () => {
  const dimensions = Object.entries(DPS_METRICS).map(([name, metric]) => [name, metric.dimensions]);
  expect(Object.fromEntries(dimensions)).toEqual({
    AttestationAttempts: ["ProvisioningServiceName", "Status", "Protocol"],
    DeviceAssignments: ["ProvisioningServiceName", "IotHubName"],
    RegistrationAttempts: ["ProvisioningServiceName", "IotHubName", "Status"],
  });
});

test("two metrics of one service never get the same name in Prometheus", () => {
  for (const catalogue of [HUB_METRICS, DPS_METRICS]) {
    const names = Object.keys(catalogue).map(prometheusName);
    expect(new Set(names).size).toBe(names.length);
  }
});
