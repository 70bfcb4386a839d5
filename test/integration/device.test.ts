import { expect, test } from "vitest";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { patchTwin } from "../../src/service/change-twin.ts";
import { openHubClient } from "../../src/service/hub-client.ts";
import { deviceSpec, QUICK_LIMITS, runShard, startTestCloud } from "../support/fleet.ts";
import type { TestCloud } from "../support/fleet.ts";
import { serviceClients } from "./emulator-service-clients.ts";
import { writeLeaf } from "../support/pki.ts";

type Of<Type extends DeviceEvent["type"]> = Extract<DeviceEvent, { type: Type }>;
function ofType<Type extends DeviceEvent["type"]>(
  type: Type,
  also: (event: Of<Type>) => boolean = () => true,
) {
  const isOf = (event: DeviceEvent): event is Of<Type> => event.type === type;
  return (event: DeviceEvent): event is Of<Type> => isOf(event) && also(event);
}

async function twinsOf(cloud: TestCloud) {
  const hub = await openHubClient({
    connectionString: cloud.emulator.hubConnectionStrings[0] ?? "",
    source: "the test",
    route: {
      address: cloud.emulator.host,
      port: cloud.emulator.httpsPort,
      caPem: cloud.pki.root.certificatePem,
    },
  });
  return {
    patchDesired: async (deviceId: string, desired: JsonObject) =>
      (await patchTwin(hub, deviceId, { desired })).desired.version,
    close: hub.close,
  };
}

test("one device registers through DPS, connects to its hub and streams", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);

  const registration = await shard.event(ofType("registration"));
  expect(registration.hub).toBe(cloud.emulator.hubs[0]);
  expect(registration.deviceId).toBe("cave-1");
  expect(Object.keys(registration.phases)).toEqual([
    "tcp",
    "tls",
    "connack",
    "accepted",
    "assigned",
  ]);
  const row = await shard.row("cave-1", ({ acked }) => acked >= 3);
  expect(row).toMatchObject({ state: "streaming", attempts: 1, failed: 0, boot: 1 });
  expect(row.ackedSeqs).toEqual([[1, row.acked]]);

  await shard.stop();
  const states = shard.events.filter(ofType("state")).map((event) => event.to);
  expect(states).toEqual(["registering", "assigned", "connecting", "streaming", "stopped"]);
  expect(shard.counter("telemetry_sent")).toBe(shard.counter("telemetry_acked"));
});

test("an alert of the scenario comes on and goes off with what the device sends", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  const alerts = [
    { name: "warm", when: "temperatureAlert for 2 messages", where: {} },
    { name: "cool", when: "temperature < 66", where: { sensorID: "S1" } },
  ];
  await using shard = await runShard(cloud, [deviceSpec("cave-1")], { alerts });

  const warm = await shard.event(ofType("alert", ({ alert }) => alert === "warm"));
  expect(warm).toMatchObject({ deviceId: "cave-1", state: "raised" });
  const cool = await shard.event(ofType("alert", ({ alert }) => alert === "cool"));
  expect(Number(cool.reading)).toBeLessThan(66);
  await shard.event(ofType("alert", ({ alert, state }) => alert === "warm" && state === "cleared"));
  await shard.stop();
  const raised = shard.events.filter(ofType("alert", ({ state }) => state === "raised"));
  expect(shard.counter("alerts_raised")).toBe(raised.length);
});

test("the initial twin of the enrollment is applied and reported", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);

  const reported = await shard.event(ofType("reported"));
  expect(reported.patch).toMatchObject({ fanstate: "on" });
});

test("a desired patch reaches the device, and its echo is acknowledged under the patch's version", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1", "cave-2");
  await using shard = await runShard(cloud, [deviceSpec("cave-1"), deviceSpec("cave-2")]);
  await shard.row("cave-1", (row) => row.wasConnected);
  await shard.row("cave-2", (row) => row.wasConnected);

  const twins = await twinsOf(cloud);
  const version = await twins.patchDesired("cave-1", { temperature: 50.123 });
  const desired = await shard.event(ofType("desired", (event) => !event.initial));
  expect(desired).toMatchObject({
    deviceId: "cave-1",
    version,
    patch: { temperature: 50.123 },
  });
  const echo = await shard.event(ofType("reported", (event) => event.desiredVersion === version));
  expect(echo).toMatchObject({ deviceId: "cave-1", patch: { temperature: 50.123 } });
  twins.close();
});

test("a device whose hub connection is taken over comes back, and what it missed is applied once", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);
  await shard.row("cave-1", (row) => row.wasConnected);
  const twins = await twinsOf(cloud);
  await twins.patchDesired("cave-1", { temperature: 51 });
  await shard.event(ofType("desired", (event) => event.patch["temperature"] === 51));

  // The same device a second time: the hub closes the older connection.
  await using rival = await runShard(cloud, [
    deviceSpec("cave-1", { telemetry: { intervalMs: 60_000, jitter: 0 } }),
  ]);
  await rival.row("cave-1", (row) => row.wasConnected);
  const lost = await shard.event(ofType("disconnection"));
  expect(lost.errorClass).toBe("network");
  await rival.stop();
  const row = await shard.row("cave-1", ({ reconnects, state }) => {
    return reconnects >= 1 && state === "streaming";
  });
  expect(row.state).toBe("streaming");
  await twins.patchDesired("cave-1", { temperature: 52 });
  await shard.event(ofType("desired", (event) => event.patch["temperature"] === 52));
  const versions = shard.events.filter(ofType("desired")).map((event) => event.version);
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  twins.close();
});

test("a device whose identity was deleted goes back to DPS and follows its new twin", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);
  await shard.row("cave-1", (row) => row.wasConnected);
  const twins = await twinsOf(cloud);
  for (const temperature of [51, 52, 53]) await twins.patchDesired("cave-1", { temperature });
  await shard.event(ofType("desired", (event) => event.version === 4));
  using clients = serviceClients(cloud);
  await clients.registry.delete("cave-1");
  await shard.row("cave-1", ({ reconnects, state }) => reconnects >= 1 && state === "streaming");
  // The new twin counts from 1 again: what it says is newer than what the old one said.
  expect(shard.events.filter(ofType("desired")).at(-1)).toMatchObject({
    version: 1,
    initial: true,
    patch: { fanstate: "on" },
  });
  await twins.patchDesired("cave-1", { temperature: 54 });
  const change = await shard.event(ofType("desired", (event) => event.patch["temperature"] === 54));
  expect(change).toMatchObject({ version: 2, initial: false });
  twins.close();
});

test("messages that are due while the device is away fail as offline, and are not sent later", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")], {
    limits: { ...QUICK_LIMITS, retryFirstMs: 300, retryMaxMs: 300 },
  });
  await shard.row("cave-1", (row) => row.acked >= 1);
  await using rival = await runShard(cloud, [deviceSpec("cave-1")]);
  await shard.event(ofType("disconnection"));
  await rival.stop();
  await shard.row("cave-1", (row) => row.reconnects >= 1 && row.failed >= 1);
  await shard.stop();
  expect(shard.counter("telemetry_failed{class:offline}")).toBeGreaterThan(0);
  expect(shard.counter("telemetry_sent")).toBe(
    shard.counter("telemetry_acked") + shard.counter("telemetry_failed"),
  );
});

test("a leaf of a stranger's CA is refused as unauthorized and the device fails for good", async () => {
  await using cloud = await startTestCloud();
  writeLeaf(
    cloud.certsDir,
    "cave-1",
    await cloud.pki.leaf("cave-1", { signer: cloud.pki.otherRoot }),
  );
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);
  const error = await shard.event(ofType("error", (event) => event.final));
  expect(error).toMatchObject({ errorClass: "unauthorized", code: "401002" });
  expect(error.trackingId).toMatch(/^[0-9a-f-]{36}$/);
  expect((await shard.row("cave-1", (row) => row.state === "failed")).wasAssigned).toBe(false);
  expect(shard.counter("registration_failed{class:unauthorized}")).toBe(1);
});

test("a server certificate with another name is a tls failure, and no byte of MQTT is sent", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")], {
    endpoints: { ...cloud.endpoints, provisioningHost: "wrong.example.net" },
  });
  const error = await shard.event(ofType("error", (event) => event.final));
  expect(error).toMatchObject({ errorClass: "tls", code: "ERR_TLS_CERT_ALTNAME_INVALID" });
});

test("a server certificate of a CA that is not trusted is a tls failure", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")], {
    endpoints: { ...cloud.endpoints, caPem: cloud.pki.otherRoot.certificatePem },
  });
  const error = await shard.event(ofType("error", (event) => event.final));
  expect(error.errorClass).toBe("tls");
});

test("an unknown ID scope is unauthorized", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")], {
    endpoints: { ...cloud.endpoints, idScope: "0ne00000000" },
  });
  const error = await shard.event(ofType("error", (event) => event.final));
  expect(error).toMatchObject({ errorClass: "unauthorized", code: "CONNACK 5" });
});

test("a port where nobody listens is a network failure that is tried again until the total limit", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")], {
    endpoints: {
      ...cloud.endpoints,
      connectTo: [{ host: "", address: "127.0.0.1", toPort: 1 }],
    },
    limits: { ...QUICK_LIMITS, registrationTotalMs: 300 },
  });
  const final = await shard.event(ofType("error", (event) => event.final));
  expect(final).toMatchObject({ errorClass: "network", code: "ECONNREFUSED" });
  expect(shard.events.filter(ofType("error")).length).toBeGreaterThan(1);
});

test("a server that accepts TCP and stays silent is a timeout", async () => {
  const { createServer } = await import("node:net");
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const address = silent.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")], {
    endpoints: {
      ...cloud.endpoints,
      connectTo: [{ host: "", address: "127.0.0.1", toPort: port }],
    },
    limits: { ...QUICK_LIMITS, connectTimeoutMs: 100, registrationTotalMs: 300 },
  });
  const final = await shard.event(ofType("error", (event) => event.final));
  expect(final.errorClass).toBe("timeout");
  expect(final.error).toContain("no TLS answer within 100 ms");
  await shard.stop();
  silent.close();
});

test("with a concurrency of 1 a whole shard still gets through", async () => {
  await using cloud = await startTestCloud();
  const ids = Array.from({ length: 6 }, (_, n) => `cave-${n}`);
  await cloud.issue(...ids);
  await using shard = await runShard(
    cloud,
    ids.map((id) => deviceSpec(id)),
    { concurrency: 1 },
  );
  const rows = await Promise.all(ids.map((id) => shard.row(id, (row) => row.wasConnected)));
  expect(rows.map((row) => row.attempts)).toEqual(ids.map(() => 1));
});

test("a device without a time starts when it is told to, and its latency counts from when it was due", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1", "cave-2", "cave-3");
  await using shard = await runShard(
    cloud,
    ["cave-1", "cave-2", "cave-3"].map((id) => deviceSpec(id, { startMs: null })),
    { concurrency: 1 },
  );
  shard.tell({ type: "startDevices", starts: [{ registrationId: "cave-1", dueMs: 0 }] });
  const first = await shard.row("cave-1", (row) => row.wasConnected);
  // It was due long ago, and the second time that it is told so changes nothing.
  const starts = [
    { registrationId: "cave-1", dueMs: 1 },
    { registrationId: "cave-2", dueMs: 0 },
  ];
  shard.tell({ type: "startDevices", starts });
  const second = await shard.row("cave-2", (row) => row.wasConnected);
  expect(second.registrationMs).toBeGreaterThan(
    (first.registrationMs ?? 0) + (first.connectionMs ?? 0),
  );
  expect(await shard.row("cave-1", () => true)).toMatchObject({ attempts: 1 });
  await shard.stop();
  expect(await shard.row("cave-3", () => true)).toMatchObject({ state: "stopped", attempts: 0 });
});

test("stopping in the middle of everything ends every device as stopped or failed", async () => {
  await using cloud = await startTestCloud({ retryAfterS: 3 });
  const ids = Array.from({ length: 5 }, (_, n) => `cave-${n}`);
  await cloud.issue(...ids);
  const shard = await runShard(
    cloud,
    ids.map((id, n) => deviceSpec(id, { startMs: n * 20 })),
  );
  await shard.event(ofType("state", (event) => event.to === "registering"));
  await shard.stop();
  await shard.stop();
  for (const id of ids) {
    const row = await shard.row(id, () => true);
    expect(row.state).toBe("stopped");
  }
});
