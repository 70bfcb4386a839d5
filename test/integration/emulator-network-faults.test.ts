import { once } from "node:events";
import { connect } from "node:tls";
import iotCommon from "azure-iot-common";
import type { Client } from "azure-iot-device";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { FaultWorld } from "./emulator-fault-world.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { readAllEvents } from "./emulator-events.ts";
import { enrollGroup } from "./emulator-service-clients.ts";
import { HUB, emulatorForTest, openHub, register } from "./emulator-wire.ts";

let world: FaultWorld;
beforeAll(async () => {
  world = await faultWorld(["cave-1", "cave-2"]);
});
afterEach(async () => {
  world.emulator.faults.clear();
  await world.closeClients();
});
afterAll(() => world[Symbol.asyncDispose]());

const message = (text: string): iotCommon.Message => new iotCommon.Message(text);
const CALL = { methodName: "open", connectTimeoutInSeconds: 20, responseTimeoutInSeconds: 20 };

/** A connected device that answers calls, for which its client comes back when its connection is lost. */
async function listener(
  deviceId: string,
  options: Parameters<FaultWorld["client"]>[1] = {},
): Promise<Client> {
  const client = await world.client(deviceId, options);
  await client.open();
  client.onDeviceMethod("open", (_request, response) => void response.send(200, "opened"));
  await call(deviceId);
  return client;
}

async function call(deviceId: string): Promise<void> {
  const { result } = await world.methods.invokeDeviceMethod(deviceId, CALL);
  expect(result).toMatchObject({ payload: "opened" });
}

/** Whether a promise has been settled; ask after what must have come before. */
function watched<T>(promise: Promise<T>): { readonly promise: Promise<T>; settled: boolean } {
  const watch = { promise, settled: false };
  const settle = (): void => void (watch.settled = true);
  promise.then(settle, settle);
  return watch;
}

test.for([
  ["MQTT", "close"],
  ["MQTT over WebSocket", "close"],
  ["MQTT over WebSocket", "reset"],
] as const)(
  "killTcp: a device over %s comes again after a %s, and another does not notice",
  async ([over, how]) => {
    const client = await listener("cave-1", { retries: true, over });
    const other = await listener("cave-2", { over });
    let othersEnds = 0;
    other.on("disconnect", () => (othersEnds += 1));
    const connected = once(client, "connect");
    const scope = { devices: ["cave-1"] };
    const { faults } = world.emulator;
    const fault = faults.inject({ kind: "killTcp", parameters: { how }, scope });
    expect([fault.struck, faults.list()]).toEqual([1, []]);
    await connected;
    await call("cave-1");
    await other.sendEvent(message("still here"));
    expect(othersEnds).toBe(0);
  },
);

test("killTcp: a device over MQTT gives up after a reset, and says so", async () => {
  const client = await listener("cave-1", { retries: true, over: "MQTT" });
  const disconnected = once(client, "disconnect");
  world.emulator.faults.inject({ kind: "killTcp" });
  expect(await disconnected).toMatchObject([{ transportObj: { code: "ECONNRESET" } }]);
});

test("killTcp: for a time, and for a number of connections, those that come are broken off too", async () => {
  const { faults } = world.emulator;
  faults.inject({ kind: "killTcp", times: 2, scope: { service: HUB } });
  const client = await world.client("cave-1", { retries: true });
  await expect(client.open()).rejects.toMatchObject({ name: "UnauthorizedError" });
  expect(faults.list()).toMatchObject([{ struck: 1 }]);
});

test.for([
  ["MQTT", { code: "ECONNRESET" }],
  ["MQTT over WebSocket", { name: "NotConnectedError" }],
] as const)(
  "killTcp: a registration over %s fails, and the next one is none the worse for it",
  async ([over, error]) => {
    world.emulator.faults.inject({ kind: "killTcp", scope: { service: "dps" }, times: 1 });
    await expect(world.register("cave-1", over)).rejects.toMatchObject(error);
    expect(await world.register("cave-1", over)).toMatchObject({ assignedHub: HUB });
  },
);

test("shutDownMqtt: a device loses its connection, and comes again", async () => {
  const client = await listener("cave-1", { retries: true, over: "MQTT" });
  const connected = once(client, "connect");
  const { faults } = world.emulator;
  faults.inject({ kind: "shutDownMqtt", scope: { devices: ["cave-1"] } });
  expect(faults.list()).toEqual([]);
  await connected;
  await call("cave-1");
});

test("blackHole: nothing comes through until it is over, and then everything", async () => {
  const client = await listener("cave-1");
  const { faults } = world.emulator;
  const { id } = faults.inject({ kind: "blackHole", scope: { devices: ["cave-1"] } });
  const sending = watched(client.sendEvent(message("held back")));
  const calling = watched(call("cave-1"));
  const other = await listener("cave-2");
  await other.sendEvent(message("goes through"));
  expect([sending.settled, calling.settled]).toEqual([false, false]);
  expect(faults.list()).toMatchObject([{ struck: 1 }]);
  faults.remove(id);
  await sending.promise;
  await calling.promise;
});

test("blackHole: a device that comes waits for its CONNACK; the service never heard of it", async () => {
  const { faults } = world.emulator;
  faults.inject({ kind: "blackHole", scope: { devices: ["cave-1"] } });
  const client = await world.client("cave-1", { over: "MQTT" });
  const opening = watched(client.open());
  await expect.poll(() => faults.list()[0]?.struck).toBe(1);
  await listener("cave-2");
  const { responseBody } = await world.registry.get("cave-1");
  expect([opening.settled, responseBody.connectionState]).toEqual([false, "Disconnected"]);
  faults.clear();
  await opening.promise;
});

test("blackHole: afterwards connections may be reset; what was lost is sent again", async () => {
  const client = await listener("cave-1", { retries: true, over: "MQTT" });
  const { faults } = world.emulator;
  faults.inject({ kind: "blackHole", parameters: { afterwards: "reset" } });
  const sending = client.sendEvent(message("lost once"));
  const connected = once(client, "connect");
  faults.clear();
  await connected;
  expect(await sending).toMatchObject({ transportObj: {} });
});

test("halfOpen: the hub has forgotten a device that believes itself connected; its next bytes are answered by a reset", async () => {
  const client = await listener("cave-1", { retries: true, over: "MQTT" });
  const { faults } = world.emulator;
  const { id } = faults.inject({ kind: "halfOpen", scope: { devices: ["cave-1"] } });
  const state = async () => (await world.registry.get("cave-1")).responseBody.connectionState;
  await expect.poll(state).toBe("Disconnected");
  const lost = watched(client.sendEvent(message("lost once")));
  await listener("cave-2");
  expect(lost.settled).toBe(false);
  faults.remove(id);
  const connected = once(client, "connect");
  await client.sendEvent(message("answered by a reset"));
  await connected;
  await lost.promise;
  expect(await state()).toBe("Connected");
});

test("halfOpen: the will of a device that the hub has forgotten is among its messages", async () => {
  await using other = await emulatorForTest();
  await enrollGroup(other);
  const keys = await other.pki.leaf("cave-3");
  await register(other, "cave-3", keys);
  const will = { topic: "devices/cave-3/messages/events/", payload: "gone" };
  await using device = await openHub(other, "cave-3", keys, { will });
  other.emulator.faults.inject({ kind: "halfOpen" });
  await expect
    .poll(() => readAllEvents(other))
    .toMatchObject([{ deviceId: "cave-3", body: "gone" }]);
  expect(device.received).toMatchObject([{ cmd: "connack" }]);
});

test("networkLatency: what is slow arrives all the same, and at once when the fault is over", async () => {
  const client = await listener("cave-1");
  const { faults } = world.emulator;
  const scope = { devices: ["cave-1"] };
  faults.inject({ kind: "networkLatency", parameters: { ms: 4, jitterMs: 4 }, scope });
  await client.sendEvent(message("a little late"));
  faults.inject({ kind: "networkLatency", parameters: { ms: 600_000 }, scope });
  const sending = watched(client.sendEvent(message("very late")));
  await (await listener("cave-2")).sendEvent(message("in time"));
  expect(sending.settled).toBe(false);
  faults.clear();
  await sending.promise;
});

/** A handshake as `servername`, with or without a session to resume. */
async function handshake(
  port: number,
  servername: string,
  offered?: Buffer,
): Promise<{ readonly session: Buffer }> {
  const { host, caPem: ca } = world.emulator;
  const socket = connect({ host, port, ca, servername, session: offered });
  const session = new Promise<Buffer>((resolve) => socket.once("session", resolve));
  await once(socket, "secureConnect");
  const resumable = { session: await session };
  socket.destroy();
  return resumable;
}

test("serverCertificateExpired: who connects refuses it, who is connected stays, and it is mended", async () => {
  const { emulator, registry } = world;
  const { faults } = emulator;
  const client = await listener("cave-1", { over: "MQTT" });
  const { id } = faults.inject({ kind: "serverCertificateExpired" });
  const other = await world.client("cave-2", { over: "MQTT" });
  await expect(other.open()).rejects.toThrow("certificate has expired");
  await expect(world.register("cave-2")).rejects.toThrow("certificate has expired");
  await client.sendEvent(message("still here"));
  emulator.agent.destroy();
  await expect(registry.get("cave-1")).rejects.toMatchObject({ code: "CERT_HAS_EXPIRED" });
  faults.remove(id);
  await other.open();
  expect((await registry.get("cave-1")).responseBody).toMatchObject({ deviceId: "cave-1" });
});

test("serverCertificateExpired: a session is not resumed, and who asks for the machine sees the good one", async () => {
  const { mqttPort, httpsPort, faults, dpsHost } = world.emulator;
  const { session } = await handshake(mqttPort, HUB);
  faults.inject({ kind: "serverCertificateExpired", scope: { service: HUB } });
  const refused = { code: "CERT_HAS_EXPIRED" };
  await expect(handshake(mqttPort, HUB, session)).rejects.toMatchObject(refused);
  await expect(handshake(httpsPort, HUB.toUpperCase())).rejects.toMatchObject(refused);
  for (const [port, name] of [
    [mqttPort, dpsHost],
    [httpsPort, dpsHost],
    [httpsPort, "localhost"],
    [httpsPort, ""],
  ] as const)
    expect((await handshake(port, name)).session.length).toBeGreaterThan(0);
});

test("serverCertificateExpired: an emulator that has no such certificate says so", async () => {
  await using other = await emulatorForTest();
  const { faults } = other.emulator;
  const put = () => faults.inject({ kind: "serverCertificateExpired" });
  expect(put).toThrow("the emulator was given no expired certificate");
});

test("an emulator that stops ends the faults of its network first, and leaves no connection open", async () => {
  const ids = ["held", "forgotten", "slow"] as const;
  // Longer than this test may take: nothing that a fault holds back may hold up the end.
  const ending = await faultWorld(ids, { drainMs: 600_000 });
  const { faults } = ending.emulator;
  const connecting = ids.map(async (id) => {
    const client = await ending.client(id, { over: "MQTT" });
    await client.open();
    client.onDeviceMethod("any", () => {});
    return { disconnected: once(client, "disconnect"), client };
  });
  const devices = await Promise.all(connecting);
  faults.inject({
    kind: "networkLatency",
    parameters: { ms: 600_000 },
    scope: { devices: ["slow"] },
  });
  faults.inject({ kind: "blackHole", scope: { devices: ["held"] } });
  faults.inject({ kind: "halfOpen", scope: { devices: ["forgotten"] } });
  faults.inject({ kind: "serverCertificateExpired" });
  expect(faults.list().map(({ struck }) => struck)).toEqual([1, 1, 1, 0]);
  const sent = devices.map(({ client }) => client.sendEvent(message("late")).catch(() => {}));
  await ending.emulator.stop();
  await Promise.all(devices.map(({ disconnected }) => disconnected));
  await Promise.all(sent);
  await ending.closeClients();
});
