import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readAllEvents } from "./emulator-events.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import {
  DPS,
  HUB,
  WireClient,
  connectPacket,
  emulatorForTest,
  publishPacket,
  subscribePacket,
} from "./emulator-wire.ts";

/** What differs on the wire between the SDKs that register devices (read in their sources). */
interface Dialect {
  readonly dpsQuery: string;
  readonly clean: boolean;
  readonly keepalive: number;
  readonly qos: 0 | 1;
  readonly requestId: () => string;
  readonly registerBody: (id: string) => string;
  readonly pollBody: (id: string) => string;
  readonly hubQuery: string;
  readonly bag: string;
  readonly modelId: string;
}

const jsonBody = (id: string): string => JSON.stringify({ registrationId: id });
let lastId = 0;
const counted = (): string => String(++lastId);

const DIALECTS: Readonly<Record<string, Dialect>> = {
  Node: {
    dpsQuery: "api-version=2019-03-31&ClientVersion=azure-iot-provisioning-device%2F1.9.1",
    clean: true,
    keepalive: 180,
    qos: 1,
    requestId: randomUUID,
    registerBody: jsonBody,
    pollBody: () => " ",
    hubQuery:
      "?api-version=2021-04-12&model-id=dtmi:com:example:Cave;1&DeviceClientType=azure-iot-device%2F1.18.4",
    bag: "%24.ct=application%2Fjson&%24.ce=utf-8&kind=a%26b",
    modelId: "dtmi:com:example:Cave;1",
  },
  Python: {
    dpsQuery: "api-version=2019-03-31&ClientVersion=azure-iot-device-provisioning-py%2F2.14.0",
    clean: false,
    keepalive: 60,
    qos: 1,
    requestId: randomUUID,
    registerBody: jsonBody,
    pollBody: () => " ",
    hubQuery:
      "?api-version=2020-09-30&DeviceClientType=azure-iot-device-iothub-py%2F2.14.0&model-id=dtmi%3Acom%3Aexample%3ACave%3B1",
    bag: "%24.ct=application%2Fjson&%24.ce=utf-8&kind=a%26b",
    modelId: "dtmi:com:example:Cave;1",
  },
  "C#": {
    dpsQuery: "api-version=2019-03-31&ClientVersion=.NET%2F1.42%20%28.NET%206.0%29",
    clean: true,
    keepalive: 0,
    qos: 1,
    requestId: counted,
    registerBody: () => "",
    pollBody: () => "",
    hubQuery: "?api-version=2020-09-30&DeviceClientType=.NET%2F1.42",
    bag: "$.ct=application%2Fjson&$.ce=utf-8&kind=a%26b",
    modelId: "",
  },
  Java: {
    dpsQuery: "api-version=2019-03-31&ClientVersion=2019-03-31",
    clean: false,
    keepalive: 230,
    qos: 0,
    requestId: counted,
    registerBody: jsonBody,
    pollBody: () => "",
    hubQuery: "?api-version=2020-09-30&DeviceClientType=Java-SDK",
    bag: "$.ct=application%2Fjson&$.ce=utf-8&kind=a%26b",
    modelId: "",
  },
  C: {
    dpsQuery: "api-version=2021-06-01&ClientVersion=prov_device_client%2F1.9",
    clean: true,
    keepalive: 240,
    qos: 0,
    requestId: counted,
    registerBody: jsonBody,
    pollBody: jsonBody,
    hubQuery: "?api-version=2020-09-30&DeviceClientType=iothubclient%2F1.9",
    bag: "%24.ct=application%2fjson&%24.ce=utf-8&kind=a%26b",
    modelId: "",
  },
  "hand-written": {
    dpsQuery: "?api-version=2021-06-01",
    clean: true,
    keepalive: 30,
    qos: 1,
    requestId: () => "{a.b}/%20:ü",
    registerBody: () => '{"payload":{"modelId":"dtmi:x;1"}}',
    pollBody: () => "no json at all",
    hubQuery: "api-version=2016-11-14",
    bag: "?$.ct=application/json&$.ce=utf-8&kind=a%26b",
    modelId: "",
  },
};

let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest({ retryAfterS: 3 });
  await enrollGroup(world);
});
afterAll(() => world.emulator.stop());

test.for(Object.entries(DIALECTS))(
  "a device that speaks as the %s SDK is assigned and serves",
  async ([name, dialect]) => {
    const id = `dialect-${Object.keys(DIALECTS).indexOf(name)}`;
    const keys = await world.pki.leaf(id);
    const { clean, keepalive, qos } = dialect;
    await using atDps = await WireClient.open(world, { servername: DPS, keys });
    const userName = `${world.emulator.idScope}/registrations/${id}/${dialect.dpsQuery}`;
    atDps.send(connectPacket(id, userName, { clean, keepalive }));
    expect(await atDps.next()).toMatchObject({ returnCode: 0, sessionPresent: false });
    atDps.send(subscribePacket("$dps/registrations/res/#", 1));
    expect(await atDps.next()).toMatchObject({ cmd: "suback", granted: [1] });

    const ask = async (
      topic: string,
      body: string,
    ): Promise<{ topic: string; body: Record<string, unknown> }> => {
      atDps.send(publishPacket(topic, body, { qos, messageId: 3 }));
      const acknowledgment = qos === 1 ? await atDps.next() : { cmd: "puback", messageId: 3 };
      expect(acknowledgment).toMatchObject({ cmd: "puback", messageId: 3 });
      const answer = await atDps.nextPublish();
      return { topic: answer.topic, body: JSON.parse(answer.body) };
    };
    const first = dialect.requestId();
    const register = `$dps/registrations/PUT/iotdps-register/?$rid=${first}`;
    const accepted = await ask(register, dialect.registerBody(id));
    expect(accepted.topic).toBe(`$dps/registrations/res/202/?$rid=${first}&retry-after=3`);
    const second = dialect.requestId();
    const poll = `$dps/registrations/GET/iotdps-get-operationstatus/?$rid=${second}&operationId=${String(accepted.body["operationId"])}`;
    const assigned = await ask(poll, dialect.pollBody(id));
    expect(assigned.topic).toBe(`$dps/registrations/res/200/?$rid=${second}`);
    expect(assigned.body).toMatchObject({
      status: "assigned",
      registrationState: { deviceId: id, assignedHub: HUB, registrationId: id },
    });

    await using atHub = await WireClient.open(world, { servername: HUB, keys });
    const hubUser = `${HUB}/${id}/${dialect.hubQuery}`;
    atHub.send(connectPacket(id, hubUser, { clean: false, keepalive: 240 }));
    expect(await atHub.next()).toMatchObject({ returnCode: 0 });
    atHub.send(
      publishPacket(`devices/${id}/messages/events/${dialect.bag}`, "{}", { messageId: 4 }),
    );
    expect(await atHub.next()).toMatchObject({ cmd: "puback", messageId: 4 });
    const mine = (await readAllEvents(world)).filter((event) => event["deviceId"] === id);
    expect(mine).toMatchObject([
      {
        properties: { kind: "a&b" },
        systemProperties: { "content-type": "application/json", "content-encoding": "utf-8" },
      },
    ]);
    using clients = serviceClients(world);
    const { responseBody: twin } = await clients.registry.getTwin(id);
    expect(twin).toMatchObject({ modelId: dialect.modelId, connectionState: "Connected" });
  },
);

test("a telemetry topic without its last slash, and a property without a value, are taken", async () => {
  const id = "dialect-0";
  const keys = await world.pki.leaf(id);
  await using atDps = await WireClient.open(world, { servername: DPS, keys });
  const userName = `${world.emulator.idScope.toUpperCase()}/registrations/${id.toUpperCase()}/`;
  atDps.send(
    connectPacket(id.toUpperCase(), userName),
    subscribePacket("$dps/registrations/res/#"),
    publishPacket("$dps/registrations/PUT/iotdps-register/?$rid=1", jsonBody(id), { qos: 0 }),
  );
  await atDps.next();
  await atDps.next();
  expect((await atDps.nextPublish()).topic).toContain("/res/202/");
  await using atHub = await WireClient.open(world, { servername: HUB, keys });
  atHub.send(
    connectPacket(id, `${HUB}/${id}`),
    publishPacket(`devices/${id}/messages/events`, "bare", { messageId: 1 }),
    publishPacket(`devices/${id}/messages/events/flag&empty=&%zz=%zz`, "bag", { messageId: 2 }),
  );
  for (const cmd of ["connack", "puback", "puback"])
    expect(await atHub.next()).toMatchObject({ cmd });
  const bodies = (await readAllEvents(world)).filter((event) => event["deviceId"] === id);
  expect(bodies.slice(-2)).toMatchObject([
    { body: "bare", properties: {} },
    { body: "bag", properties: { flag: "", empty: "", "%zz": "%zz" } },
  ]);
});
