import { once } from "node:events";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { Message } from "azure-iot-device";
import iothub from "azure-iothub";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmulatorMetrics } from "../../src/emulator/emulator.ts";
import { report } from "../conformance/support/hub-device.ts";
import { endedJob } from "../conformance/support/jobs.ts";
import { parsePrometheus, sampleValue } from "../support/prometheus.ts";
import { formatSasToken } from "../support/sas-token.ts";
import type { FaultWorld } from "./emulator-fault-world.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { redirect } from "./emulator-service-clients.ts";
import { HUB } from "./emulator-wire.ts";

let world: FaultWorld;
beforeAll(async () => {
  world = await faultWorld(["cave-1", "cave-2"]);
});
afterAll(() => world[Symbol.asyncDispose]());

async function ask(
  path: string,
  options: {
    readonly method?: string;
    readonly host?: string;
    readonly token?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<{ readonly status: number; readonly type: string; readonly body: string }> {
  const { agent, adminToken } = world.emulator;
  const { method = "GET", host = "localhost", token = `Bearer ${adminToken}` } = options;
  const headers = { authorization: token, ...options.headers };
  const asked = request({ agent, host, method, path, headers });
  asked.end(options.body);
  const [answer] = await once(asked, "response");
  return {
    status: answer.statusCode,
    type: answer.headers["content-type"],
    body: await text(answer),
  };
}

/** What is not 0 of the hub's totals, counts of measures and snapshots. */
function countsOf({ hubs }: EmulatorMetrics): Record<string, number> {
  const counts = Object.entries(hubs[HUB] ?? {}).map(([name, reading]) => {
    if ("current" in reading) return [name, reading.current] as const;
    return [name, "count" in reading ? reading.count : reading.total] as const;
  });
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Sends a message to a device, as the emulator takes it in place of AMQP. */
async function sendCommand(deviceId: string, headers: Readonly<Record<string, string>> = {}) {
  const [connection = ""] = world.emulator.hubConnectionStrings;
  const key = /SharedAccessKey=(.+)$/.exec(connection)?.[1] ?? "";
  const path = `/devices/${deviceId}/messages/devicebound`;
  const token = formatSasToken(
    HUB,
    { name: "iothubowner", key },
    Math.ceil(Date.now() / 1000) + 60,
  );
  const { status } = await ask(path, { method: "POST", host: HUB, token, headers, body: "on" });
  expect(status).toBe(201);
}

test("one of everything, by Microsoft's clients, counts under Azure's names", async () => {
  const { emulator, registry, methods, dps } = world;
  // DPS: a device that is assigned, and one that nobody enrolled.
  await world.register("cave-1");
  await dps.deleteIndividualEnrollment("cave-2");
  await expect(world.register("cave-2")).rejects.toBeInstanceOf(Error);

  // The device's side of a hub.
  const client = await world.client("cave-1");
  await client.open();
  for (const body of ["12345", "1234567"]) await client.sendEvent(new Message(body));
  const twin = await client.getTwin();
  await report(twin, { fan: "on" });
  await expect(report(twin, { n: 2 ** 60 })).rejects.toBeInstanceOf(Error);
  const received = once(client, "message");

  // The service's side.
  client.onDeviceMethod("blink", (_asked, answer) => void answer.send(200, { done: true }));
  await report(twin, { fan: "on" }); // Until its answer both subscriptions have arrived.
  await registry.getTwin("cave-1");
  await expect(registry.getTwin("nobody")).rejects.toBeInstanceOf(Error);
  await registry.updateTwin("cave-1", { tags: { site: "north" } }, "*");
  await expect(registry.updateTwin("cave-1", { tags: {} }, "AAAAAAAAAGM=")).rejects.toBeInstanceOf(
    Error,
  );
  const call = { methodName: "blink", payload: { times: 2 }, responseTimeoutInSeconds: 20 };
  await methods.invokeDeviceMethod("cave-1", call);
  await expect(methods.invokeDeviceMethod("cave-2", call)).rejects.toBeInstanceOf(Error);
  await registry.createQuery("SELECT * FROM devices").next();
  await expect(registry.createQuery("SELECT nonsense").next()).rejects.toBeInstanceOf(Error);
  await sendCommand("cave-1");
  const [message] = await received;
  await client.complete(message);
  await sendCommand("cave-2", { "iothub-expiry": new Date(0).toISOString() });

  // Jobs.
  const jobs = iothub.JobClient.fromConnectionString(emulator.hubConnectionStrings[0] ?? "");
  redirect(jobs, emulator.agent);
  const patch = { etag: "*", tags: { floor: 1 } };
  await jobs.scheduleTwinUpdate("tags", "deviceId = 'cave-1'", patch);
  expect(await endedJob(jobs, "tags")).toMatchObject({ status: "completed" });
  await expect(jobs.scheduleTwinUpdate("tags", "*", patch)).rejects.toBeInstanceOf(Error);
  await jobs.scheduleDeviceMethod("blink", "deviceId = 'cave-2'", call);
  expect(await endedJob(jobs, "blink")).toMatchObject({ status: "completed" });
  await expect(jobs.scheduleDeviceMethod("blink", "*", call)).rejects.toBeInstanceOf(Error);
  await jobs.createQuery().next();
  await jobs.cancelJob("blink");
  await expect(jobs.cancelJob("nothing")).rejects.toBeInstanceOf(Error);
  await client.getTwin(); // The PUBACK before it has arrived.

  // A message that is throttled, which ends the connection.
  const over = once(client, "disconnect");
  const scope = { service: HUB, operations: ["sendTelemetry" as const] };
  emulator.faults.inject({ kind: "throttled", scope, times: 1 });
  client.sendEvent(new Message("lost")).catch(() => {});
  await over;
  await client.close();

  const metrics = emulator.metrics();
  expect(countsOf(metrics)).toEqual({
    "d2c.telemetry.ingress.allProtocol": 3,
    "d2c.telemetry.ingress.success": 2,
    "d2c.telemetry.ingress.sendThrottle": 1,
    "d2c.telemetry.egress.success": 2,
    "d2c.telemetry.egress.fallback": 2,
    "d2c.endpoints.egress.builtIn.events": 2,
    "d2c.endpoints.latency.builtIn.events": 2,
    RoutingDeliveries: 2,
    RoutingDeliveryLatency: 2,
    RoutingDataSizeInBytesDelivered: 12,
    "d2c.twin.read.success": 2,
    "d2c.twin.read.size": 2,
    "d2c.twin.update.success": 2,
    "d2c.twin.update.size": 2,
    "d2c.twin.update.failure": 1,
    "c2d.twin.read.success": 1,
    "c2d.twin.read.size": 1,
    "c2d.twin.read.failure": 1,
    "c2d.twin.update.success": 2,
    "c2d.twin.update.size": 2,
    "c2d.twin.update.failure": 1,
    "c2d.methods.success": 1,
    "c2d.methods.requestSize": 1,
    "c2d.methods.responseSize": 1,
    "c2d.methods.failure": 2,
    "c2d.commands.egress.complete.success": 1,
    C2DMessagesExpired: 1,
    "twinQueries.success": 1,
    "twinQueries.resultSize": 1,
    "twinQueries.failure": 1,
    "jobs.createTwinUpdateJob.success": 1,
    "jobs.createTwinUpdateJob.failure": 1,
    "jobs.createDirectMethodJob.success": 1,
    "jobs.createDirectMethodJob.failure": 1,
    "jobs.queryJobs.success": 1,
    "jobs.cancelJob.success": 1,
    "jobs.cancelJob.failure": 1,
    "jobs.completed": 2,
    dailyMessageQuotaUsed: expect.any(Number),
    deviceDataUsage: expect.any(Number),
    deviceDataUsageV2: expect.any(Number),
    totalDeviceCount: 2,
    "devices.totalDevices": 2,
  });
  const payload = JSON.stringify(call.payload).length;
  expect(metrics.hubs[HUB]).toMatchObject({
    "c2d.methods.requestSize": { average: payload, minimum: payload, maximum: payload },
    "c2d.methods.responseSize": { total: JSON.stringify({ done: true }).length },
    "d2c.twin.update.size": { total: 2 * JSON.stringify({ fan: "on" }).length },
  });
  const name = { ProvisioningServiceName: "cheesecave-dps" };
  expect(metrics.provisioningServices[emulator.dpsHost]).toEqual({
    AttestationAttempts: {
      unit: "Count",
      total: 2,
      series: [
        { unit: "Count", total: 1, dimensions: { ...name, Status: "Success", Protocol: "Mqtt" } },
        { unit: "Count", total: 1, dimensions: { ...name, Status: "Failure", Protocol: "Mqtt" } },
      ],
    },
    DeviceAssignments: {
      unit: "Count",
      total: 1,
      series: [{ unit: "Count", total: 1, dimensions: { ...name, IotHubName: HUB } }],
    },
    RegistrationAttempts: expect.objectContaining({ total: 2 }),
  });
});

test("connected devices are those that are there now", async () => {
  const count = () => world.emulator.metrics().hubs[HUB]?.connectedDeviceCount.current;
  const before = count() ?? 0;
  const client = await world.client("cave-2");
  await client.open();
  expect(count()).toBe(before + 1);
  await client.close();
});

test("JSON and Prometheus' text say the same, to the admin token alone", async () => {
  const json = await ask("/emulator/metrics");
  expect(json).toMatchObject({ status: 200, type: "application/json; charset=utf-8" });
  const metrics: EmulatorMetrics = JSON.parse(json.body);
  const scraped = await ask("/emulator/metrics/prometheus");
  expect(scraped).toMatchObject({
    status: 200,
    type: "text/plain; version=0.0.4; charset=utf-8",
  });
  const families = parsePrometheus(scraped.body);
  const sent = metrics.hubs[HUB]?.["d2c.telemetry.ingress.success"].total;
  const name = "azure_iothub_d2c_telemetry_ingress_success_total";
  expect(sampleValue(families, name, { hub: HUB })).toBe(sent);
  expect(
    sampleValue(families, "azure_dps_device_assignments_total", {
      provisioning_service_name: "cheesecave-dps",
      iot_hub_name: HUB,
    }),
  ).toBe(metrics.provisioningServices[world.emulator.dpsHost]?.DeviceAssignments.total);
  for (const path of ["/emulator/metrics", "/emulator/metrics/prometheus", "/emulator/logs"])
    expect((await ask(path, { token: "Bearer wrong" })).status).toBe(401);
});
