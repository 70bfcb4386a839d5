import { once } from "node:events";
import { connect as tcpConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import {
  DPS,
  WireClient,
  connectPacket,
  dpsUserName,
  emulatorForTest,
  openDps,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

const REGISTER = "$dps/registrations/PUT/iotdps-register/?$rid=";
const POLL = "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=";

let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest({ retryAfterS: 3 });
  await enrollGroup(world);
});
afterAll(() => world.emulator.stop());

async function connackOf(clientId: string, userName: string, commonName: string): Promise<unknown> {
  const keys = await world.pki.leaf(commonName);
  await using client = await WireClient.open(world, { servername: DPS, keys });
  client.send(connectPacket(clientId, userName));
  return await client.next();
}

test("a register request is acknowledged, then accepted with a time to wait, and a poll finds it assigned", async () => {
  await using device = await openDps(world, "cave-1", await world.pki.leaf("cave-1"));
  device.send(publishPacket(`${REGISTER}a-1`, '{"registrationId":"cave-1"}', { messageId: 7 }));
  expect(await device.next()).toMatchObject({ cmd: "puback", messageId: 7 });
  const accepted = await device.nextPublish();
  expect(accepted).toMatchObject({
    topic: "$dps/registrations/res/202/?$rid=a-1&retry-after=3",
    qos: 1,
  });
  const { operationId, ...rest } = JSON.parse(accepted.body);
  expect(rest).toEqual({ status: "assigning" });
  expect(operationId).toMatch(/^5\.[0-9a-f]{16}\.[0-9a-f-]{36}$/);
  device.send(publishPacket(`${POLL}a-2&operationId=${operationId}`, " ", { messageId: 8 }));
  expect(await device.next()).toMatchObject({ cmd: "puback", messageId: 8 });
  const assigned = await device.nextPublish();
  expect(assigned.topic).toBe("$dps/registrations/res/200/?$rid=a-2");
  const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
  expect(JSON.parse(assigned.body)).toEqual({
    operationId,
    status: "assigned",
    registrationState: {
      x509: {},
      registrationId: "cave-1",
      createdDateTimeUtc: date,
      assignedHub: "cheesecave-hub.azure-devices.net",
      deviceId: "cave-1",
      status: "assigned",
      substatus: "initialAssignment",
      lastUpdatedDateTimeUtc: date,
      etag: expect.any(String),
    },
  });
});

test("every PUBACK comes before its answer, for many requests sent at once", async () => {
  await using device = await openDps(world, "cave-2", await world.pki.leaf("cave-2"));
  const ids = Array.from({ length: 100 }, (_, index) => index + 10);
  device.send(...ids.map((id) => publishPacket(`${REGISTER}${id}`, "", { messageId: id })));
  const order: string[] = [];
  while (order.length < 200) {
    const packet = await device.next();
    if (packet.cmd === "puback") order.push(`ack ${packet.messageId}`);
    if (packet.cmd === "publish") order.push(`answer ${/rid=(\d+)/.exec(packet.topic)?.[1]}`);
  }
  for (const id of ids)
    expect(order.indexOf(`ack ${id}`)).toBeLessThan(order.indexOf(`answer ${id}`));
});

test("session-present is 0 even for a device that asks for its session", async () => {
  const keys = await world.pki.leaf("cave-3");
  for (let attempt = 0; attempt < 2; attempt++) {
    await using client = await WireClient.open(world, { servername: DPS, keys });
    client.send(
      connectPacket("cave-3", dpsUserName("cave-3"), { clean: false }),
      subscribePacket("$dps/registrations/res/#"),
    );
    expect(await client.next()).toMatchObject({ cmd: "connack", sessionPresent: false });
    expect(await client.next()).toMatchObject({ cmd: "suback", granted: [1] });
  }
});

test("a subscription at QoS 2 is granted 1", async () => {
  const keys = await world.pki.leaf("cave-3b");
  await using client = await WireClient.open(world, { servername: DPS, keys });
  client.send(connectPacket("cave-3b", dpsUserName("cave-3b")));
  await client.next();
  client.send(subscribePacket("$dps/registrations/res/#", 2));
  expect(await client.next()).toMatchObject({ cmd: "suback", granted: [1] });
});

test.for([
  ["a foreign ID scope", "cave-4", dpsUserName("cave-4", "0ne00000000"), "cave-4"],
  ["a certificate of another device", "cave-4", dpsUserName("cave-4"), "cave-5"],
  ["a client id that is not the registration id", "cave-5", dpsUserName("cave-4"), "cave-4"],
] as const)("%s is refused with CONNACK 5", async ([, clientId, userName, commonName]) => {
  expect(await connackOf(clientId, userName, commonName)).toMatchObject({
    cmd: "connack",
    returnCode: 5,
  });
});

test("a device without a certificate is refused with CONNACK 5", async () => {
  await using client = await WireClient.open(world, { servername: DPS });
  client.send(connectPacket("cave-4", dpsUserName("cave-4")));
  expect(await client.next()).toMatchObject({ returnCode: 5 });
});

test("a device whose leaf a stranger's root signed gets no further than 401002", async () => {
  const keys = await world.pki.leaf("cave-6", { signer: world.pki.otherRoot });
  const answer = await register(world, "cave-6", keys);
  expect(answer.topic).toBe("$dps/registrations/res/401/?$rid=r1");
  expect(JSON.parse(answer.body)).toMatchObject({
    errorCode: 401002,
    message: "CA certificate not found.",
    trackingId: expect.any(String),
    timestampUtc: expect.any(String),
  });
});

test("a device that sends its leaf without the intermediate is closed by the enrolled intermediate", async () => {
  const leaf = await world.pki.leaf("cave-7");
  const answer = await register(world, "cave-7", { ...leaf, fullChainPem: leaf.certificatePem });
  expect(JSON.parse(answer.body)).toMatchObject({ status: "assigned" });
});

test("an expired leaf is refused", async () => {
  const keys = await world.pki.leaf("cave-8", {
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() - 3_600_000),
  });
  const answer = await register(world, "cave-8", keys);
  expect(JSON.parse(answer.body)).toMatchObject({
    errorCode: 401002,
    message: "Invalid certificate.",
  });
});

test("a disabled group answers status 200 and disabled, without an operation", async () => {
  await using own = await emulatorForTest();
  await enrollGroup(own, { disabled: true });
  await enrollGroup(own, { id: "above", certificatePem: own.pki.root.certificatePem });
  const answer = await register(own, "cave-9", await own.pki.leaf("cave-9"));
  expect(answer.topic).toBe("$dps/registrations/res/200/?$rid=r1");
  expect(JSON.parse(answer.body)).toEqual({
    operationId: "",
    status: "disabled",
    registrationState: { registrationId: "cave-9", status: "disabled" },
  });
});

test("a group of the root takes devices whose chain leads to it", async () => {
  await using own = await emulatorForTest();
  await enrollGroup(own, { certificatePem: own.pki.root.certificatePem });
  const leaf = await own.pki.leaf("cave-10");
  expect(JSON.parse((await register(own, "cave-10", leaf)).body)).toMatchObject({
    status: "assigned",
  });
  const short = { ...leaf, fullChainPem: leaf.certificatePem };
  expect(JSON.parse((await register(own, "cave-10", short)).body)).toMatchObject({
    errorCode: 401002,
  });
});

test("a poll for an unknown operation is answered 404203", async () => {
  await using device = await openDps(world, "cave-11", await world.pki.leaf("cave-11"));
  device.send(publishPacket(`${POLL}1&operationId=5.0.0`, " ", { qos: 0 }));
  const answer = await device.nextPublish();
  expect(answer.topic).toBe("$dps/registrations/res/404/?$rid=1");
  expect(JSON.parse(answer.body)).toMatchObject({ errorCode: 404203 });
});

test("a register body that is no JSON is answered 400", async () => {
  await using device = await openDps(world, "cave-12", await world.pki.leaf("cave-12"));
  device.send(publishPacket(`${REGISTER}1`, "{", { qos: 0 }));
  expect((await device.nextPublish()).topic).toBe("$dps/registrations/res/400/?$rid=1");
});

test.for([
  ["a QoS 2 publish", publishPacket(`${REGISTER}1`, "", { qos: 2 })],
  ["a foreign topic", publishPacket("devices/cave-13/messages/events/", "x")],
  ["a foreign filter", subscribePacket("#")],
] as const)("%s closes the connection", async ([, packet]) => {
  await using device = await openDps(world, "cave-13", await world.pki.leaf("cave-13"));
  device.send(packet);
  await device.closed;
  expect(device.received.filter(({ cmd }) => cmd === "puback" || cmd === "publish")).toEqual([]);
});

test("MQTT 5 is refused by its level", async () => {
  await using client = await WireClient.open(world, { servername: DPS });
  client.send({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clientId: "cave-14",
    clean: true,
    keepalive: 60,
  });
  expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 1 });
  await client.closed;
});

test("plain TCP gets no MQTT answer", async () => {
  const socket = tcpConnect(world.emulator.mqttPort, world.emulator.host);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  const closed = once(socket, "close");
  socket.write(Buffer.from([0x10, 0x0c, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 0]));
  await closed;
  // At most a TLS alert (content type 21), never a CONNACK.
  expect([undefined, 21]).toContain(Buffer.concat(chunks)[0]);
});

test("TLS 1.1 is refused", async () => {
  const socket = tlsConnect({
    host: world.emulator.host,
    port: world.emulator.mqttPort,
    servername: DPS,
    ca: world.pki.root.certificatePem,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  });
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({ code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" });
});

test("a client that does not trust the emulator's CA sends nothing", async () => {
  const socket = tlsConnect({
    host: world.emulator.host,
    port: world.emulator.mqttPort,
    servername: DPS,
    ca: world.pki.otherRoot.certificatePem,
  });
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({ code: "SELF_SIGNED_CERT_IN_CHAIN" });
});

test("registrations are spread over all hubs, and each comes back to its own", async () => {
  const hubs = ["hub-a.azure-devices.net", "hub-b.azure-devices.net"];
  await using own = await emulatorForTest({ hubs });
  await enrollGroup(own);
  const assignedHub = async (id: string): Promise<string> => {
    const { body } = await register(own, id, await own.pki.leaf(id));
    return JSON.parse(body).registrationState.assignedHub;
  };
  const ids = Array.from({ length: 16 }, (_, index) => `cave-${index}`);
  const first = await Promise.all(ids.map(assignedHub));
  expect(new Set(first)).toEqual(new Set(hubs));
  expect(await Promise.all(ids.map(assignedHub))).toEqual(first);
});

test("a registration is on record for the service, until it is deleted there", async () => {
  await register(world, "cave-15", await world.pki.leaf("cave-15"));
  using clients = serviceClients(world);
  const { responseBody } = await clients.dps.getDeviceRegistrationState("cave-15");
  expect(responseBody).toMatchObject({ registrationId: "cave-15", status: "assigned" });
  await clients.dps.deleteDeviceRegistrationState("cave-15");
  await expect(clients.dps.getDeviceRegistrationState("cave-15")).rejects.toMatchObject({
    response: { statusCode: 404 },
  });
});
