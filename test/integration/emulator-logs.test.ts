import { once } from "node:events";
import { request } from "node:https";
import { Message } from "azure-iot-device";
import type { Packet } from "mqtt-packet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { report } from "../conformance/support/hub-device.ts";
import { adminGet, linesOf, readAllEvents, textOf } from "./emulator-events.ts";
import type { FaultWorld } from "./emulator-fault-world.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator, WireClient } from "./emulator-wire.ts";
import {
  HUB,
  emulatorForTest,
  openHub,
  publishPacket,
  register,
  subscribePacket,
} from "./emulator-wire.ts";

const logLine = z.object({
  time: z.iso.datetime(),
  resourceId: z.string(),
  category: z.string(),
  operationName: z.string(),
  level: z.enum(["Information", "Error"]),
  resultType: z.string().optional(),
  resultSignature: z.string().optional(),
  resultDescription: z.string().optional(),
  callerIpAddress: z.string().optional(),
  properties: z.string().transform((text): Record<string, unknown> => JSON.parse(text)),
  location: z.string(),
});
type LogLine = z.output<typeof logLine>;

const ID = "log-1";

let world: TestEmulator;
let keys: DeviceKeys;
beforeAll(async () => {
  world = await emulatorForTest({ telemetryMaxBytes: 100 });
  await enrollGroup(world);
  keys = await world.pki.leaf(ID);
  await register(world, ID, keys);
});
afterAll(() => world.emulator.stop());

/** The ends of connections, as they are written. */
async function* disconnects(): AsyncGenerator<LogLine, undefined> {
  const answer = await adminGet(world, "/logs?category=Connections&from=latest&follow=true");
  for await (const line of linesOf(answer)) {
    const record = logLine.parse(line);
    if (record.operationName === "deviceDisconnect") yield record;
  }
  return undefined;
}

const send =
  (...packets: readonly Packet[]) =>
  (device: WireClient) =>
    device.send(...packets);

const NOT_ALLOWED = ["400003", "InvalidOperation"] as const;

const ENDS: readonly (readonly [
  how: string,
  end: (device: WireClient) => unknown,
  as: readonly [code: string, name: string] | undefined,
])[] = [
  ["by a DISCONNECT", send({ cmd: "disconnect" }), undefined],
  [
    "by the loss of its connection",
    (device) => device.drop(),
    ["404104", "DeviceConnectionClosedRemotely"],
  ],
  [
    "by connecting again",
    async (device) => {
      await using again = await openHub(world, ID, keys);
      await device.closed;
      again.send({ cmd: "disconnect" });
      await again.closed;
    },
    ["400027", "ConnectionForcefullyClosedOnNewConnection"],
  ],
  [
    "by a message that is too large",
    send(publishPacket(`devices/${ID}/messages/events/`, Buffer.alloc(101))),
    ["413001", "MessageTooLarge"],
  ],
  [
    "by the topic of another device",
    send(publishPacket("devices/b/messages/events/", "x")),
    NOT_ALLOWED,
  ],
  ["by the filter of another device", send(subscribePacket("devices/b/#")), NOT_ALLOWED],
  ["by a packet of QoS 2", send({ cmd: "pubrel", messageId: 1 }), NOT_ALLOWED],
  [
    "by the loss of its identity",
    async () => {
      using clients = serviceClients(world);
      await clients.registry.delete(ID);
    },
    ["401003", "IotHubUnauthorized"],
  ],
];

test.for(ENDS)("the log tells why a device was disconnected: %s", async ([, end, as]) => {
  const told = disconnects();
  const first = told.next();
  await using device = await openHub(world, ID, keys);
  await end(device);
  await device.closed;
  const { value: record } = await first;
  expect([record?.resultType, record?.resultDescription]).toEqual(as ?? [undefined, undefined]);
  expect(record).toMatchObject({
    resourceId: expect.stringMatching(/\/MICROSOFT\.DEVICES\/IOTHUBS\/CHEESECAVE-HUB$/),
    category: "Connections",
    level: as === undefined ? "Information" : "Error",
    properties: {
      deviceId: ID,
      protocol: "Mqtt",
      sdkVersion: "test",
      authType: expect.stringContaining('"type":"x509"'),
      maskedIpAddress: "127.0.0.XXX",
    },
  });
  await told.return(undefined);
});

/** Category, operation and error of every record, in the order in which they were written. */
async function written(those: FaultWorld, category: string): Promise<readonly string[]> {
  const { agent, adminToken, adminUrl } = those.emulator;
  const asked = request(`${adminUrl}/logs?category=${category}`, {
    agent,
    headers: { authorization: `Bearer ${adminToken}` },
  });
  asked.end();
  const [answer] = await once(asked, "response");
  const { text } = await textOf(answer);
  expect(text).not.toMatch(SECRET);
  return text
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => logLine.parse(JSON.parse(line)))
    .map(({ operationName, resultType = "" }) => `${operationName} ${resultType}`.trim());
}

/** What the devices of the next test sent, and what any key or token would have. */
const SECRET = /cheese-secret|SharedAccess|Bearer|Key/;

test("everything that is asked of a hub is written in its category, and nothing of what was sent", async () => {
  await using own = await faultWorld(["cave-1", "cave-2"], { commandQueueDepthMax: 1 });
  const { registry, methods } = own;
  const client = await own.client("cave-1");
  await client.open();
  await client.sendEvent(new Message("cheese-secret"));
  const twin = await client.getTwin();
  await report(twin, { note: "cheese-secret" });
  await expect(report(twin, { n: 2 ** 60 })).rejects.toBeInstanceOf(Error);
  await registry.getTwin("cave-1");
  await registry.updateTwin("cave-1", { tags: { note: "cheese-secret" } }, "*");
  await expect(registry.getTwin("nobody")).rejects.toBeInstanceOf(Error);
  await expect(registry.get("nobody")).rejects.toBeInstanceOf(Error);
  await expect(registry.create({ deviceId: "cave-1" })).rejects.toBeInstanceOf(Error);
  await expect(registry.delete("nobody")).rejects.toBeInstanceOf(Error);
  await registry.createQuery("SELECT * FROM devices WHERE tags.note = 'cheese-secret'").next();
  client.onDeviceMethod("blink", (_asked, answer) => void answer.send(200, "cheese-secret"));
  await report(twin, {}); // Until its answer the subscription has arrived.
  const call = { methodName: "blink", payload: "cheese-secret", responseTimeoutInSeconds: 20 };
  await methods.invokeDeviceMethod("cave-1", call);
  await expect(methods.invokeDeviceMethod("cave-2", call)).rejects.toBeInstanceOf(Error);
  const scope = { service: HUB, operations: ["sendTelemetry" as const] };
  own.emulator.faults.inject({ kind: "throttled", scope, times: 1 });
  const over = once(client, "disconnect");
  client.sendEvent(new Message("cheese-secret")).catch(() => {});
  await over;
  await registry.delete("cave-2");
  const stranger = await own.client("cave-2");
  await expect(stranger.open()).rejects.toBeInstanceOf(Error);

  const of = (category: string): Promise<readonly string[]> => written(own, category);
  expect(await of("Connections")).toEqual([
    "deviceConnect",
    "deviceDisconnect 429001",
    "deviceConnect 401003",
  ]);
  expect(await of("DeviceTelemetry")).toEqual(["ingress 429001"]);
  expect(await of("D2CTwinOperations")).toEqual(["read", "update", "update 400004", "update"]);
  expect(await of("C2DTwinOperations")).toEqual(["read", "update", "read 404001"]);
  expect(await of("DeviceIdentityOperations")).toEqual([
    "get 404001",
    "create 409001",
    "delete 404001",
  ]);
  expect(await of("TwinQueries")).toEqual(["query"]);
  expect(await of("DirectMethods")).toEqual(["send", "send 404103"]);
  expect(await of("DirectMethods,TwinQueries")).toHaveLength(3);
});

test("DPS writes attestation attempts, and what services ask of enrollments", async () => {
  await using own = await faultWorld(["cave-1", "cave-2"]);
  await own.register("cave-1");
  await own.dps.deleteIndividualEnrollment("cave-2");
  await expect(own.register("cave-2")).rejects.toBeInstanceOf(Error);
  await own.dps.getIndividualEnrollment("cave-1");
  await expect(own.dps.getEnrollmentGroup("none")).rejects.toBeInstanceOf(Error);
  expect(await written(own, "DeviceOperations")).toEqual([
    "AttestationAttempt Success",
    "AttestationAttempt ClientError",
  ]);
  expect(await written(own, "ServiceOperations")).toEqual([
    "Delete Success",
    "Get Success",
    "Get ClientError",
  ]);
});

test("a record of DPS has the members that Azure documents", async () => {
  const records = await readAllEvents(world, "/logs?category=DeviceOperations");
  expect(logLine.parse(records[0])).toMatchObject({
    resourceId: expect.stringMatching(/\/PROVISIONINGSERVICES\/CHEESECAVE-DPS$/),
    operationName: "AttestationAttempt",
    resultType: "Success",
    resultSignature: "",
    callerIpAddress: "127.0.0.XXX",
    properties: { id: ID, type: "Registration", protocol: "Mqtt" },
  });
});

test("a follower's answer ends in good order when the emulator stops", async () => {
  await using own = await emulatorForTest();
  const answer = await adminGet(own, "/logs?follow=true&category=Connections");
  const rest = textOf(answer);
  await own.emulator.stop();
  expect(await rest).toEqual({ status: 200, text: "" });
});

test("what a reader cannot ask for is told at once", async () => {
  const { status, text } = await textOf(
    await adminGet(world, "/logs?category=Secrets&from=yesterday"),
  );
  expect(status).toBe(400);
  expect(text).toContain("expected one of Connections");
  expect(text).toContain("from: expected earliest");
});
