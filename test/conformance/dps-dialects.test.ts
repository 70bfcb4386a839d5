import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectPacket, publishPacket, subscribePacket } from "../integration/emulator-wire.ts";
import { readAnswer } from "./support/device.ts";
import type { Entries } from "./support/entries.ts";
import { signingCertificates } from "./support/entries.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import { MQTT_TRANSPORTS } from "./support/transports.ts";

/** What differs between Microsoft's SDKs when they register a device; read in their sources. */
interface Dialect {
  /** The last part of the user name. */
  readonly query: string;
  readonly clean: boolean;
  /** Seconds; 0 = none. */
  readonly keepalive: number;
  readonly qos: 0 | 1;
  readonly requestId: () => string;
  readonly registerBody: (registrationId: string) => string;
  readonly pollBody: (registrationId: string) => string;
}

const jsonBody = (registrationId: string): string => JSON.stringify({ registrationId });
let lastId = 0;
const counted = (): string => String(++lastId);

const DIALECTS: Readonly<Record<string, Dialect>> = {
  "the Node SDK": {
    query: "api-version=2019-03-31&ClientVersion=azure-iot-provisioning-device%2F1.9.1",
    clean: true,
    keepalive: 180,
    qos: 1,
    requestId: randomUUID,
    registerBody: jsonBody,
    pollBody: () => " ",
  },
  "the Python SDK": {
    query: "api-version=2019-03-31&ClientVersion=azure-iot-device-provisioning-py%2F2.14.0%3BLinux",
    clean: false,
    keepalive: 60,
    qos: 1,
    requestId: randomUUID,
    registerBody: jsonBody,
    pollBody: () => " ",
  },
  "the C# SDK": {
    query: "api-version=2019-03-31&ClientVersion=.NET%2F1.19%20%28.NET%208.0%29",
    clean: true,
    keepalive: 0,
    qos: 1,
    requestId: counted,
    registerBody: () => "",
    pollBody: () => "",
  },
  "the Java SDK": {
    query: "api-version=2019-03-31&ClientVersion=2019-03-31",
    clean: false,
    keepalive: 230,
    qos: 0,
    requestId: counted,
    registerBody: jsonBody,
    pollBody: () => "",
  },
  "the C SDK": {
    query: "api-version=2021-06-01&ClientVersion=prov_device_client%2F1.9.1",
    clean: true,
    keepalive: 240,
    qos: 0,
    requestId: counted,
    registerBody: jsonBody,
    pollBody: jsonBody,
  },
  "a hand-written client": {
    query: "?api-version=2021-06-01",
    clean: true,
    keepalive: 30,
    qos: 1,
    requestId: () => "req.1~2",
    registerBody: () => '{"payload":{"modelId":"dtmi:com:example:Cave;1"}}',
    pollBody: () => "",
  },
};

let target: Target;
let group: Entries;
beforeAll(async () => {
  target = await conformanceTarget();
  group = target.entries();
  const { certificatePem } = target.pki.intermediate;
  await group.group(group.name("dialects"), signingCertificates(certificatePem));
});
afterAll(async () => {
  await group[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

const cases = MQTT_TRANSPORTS.flatMap((kind) =>
  Object.entries(DIALECTS).map(([name, dialect]) => [name, kind, dialect] as const),
);

test.for(cases)(
  "a device that speaks as %s does is assigned over %s",
  async ([, kind, dialect]) => {
    await using my = target.entries();
    const id = my.name("dialect");
    const { clean, keepalive, qos } = dialect;
    const keys = await target.pki.leaf(id);
    await using client = await target.wire(kind, target.provisioningHost, keys);
    const user = `${target.idScope}/registrations/${id}/${dialect.query}`;
    client.send(connectPacket(id, user, { clean, keepalive }));
    expect(await client.next()).toMatchObject({ returnCode: 0, sessionPresent: false });
    client.send(subscribePacket("$dps/registrations/res/#", 1));
    expect(await client.next()).toMatchObject({ cmd: "suback", granted: [1] });
    const ask = async (
      path: string,
      rid: string,
      body: string,
    ): Promise<ReturnType<typeof readAnswer>> => {
      client.send(publishPacket(`$dps/registrations/${path}`, body, { qos, messageId: 3 }));
      const acknowledgment = qos === 1 ? await client.next() : { cmd: "puback", messageId: 3 };
      expect(acknowledgment).toMatchObject({ cmd: "puback", messageId: 3 });
      const answer = await client.nextPublish();
      expect(answer.topic).toContain(`/?$rid=${rid}`);
      return readAnswer(answer);
    };
    const first = dialect.requestId();
    let answer = await ask(`PUT/iotdps-register/?$rid=${first}`, first, dialect.registerBody(id));
    while (answer.status === 202) {
      // The protocol's own wait; the emulator in this process says 0.
      await delay((answer.retryAfterS ?? 2) * 1000);
      const rid = dialect.requestId();
      const operationId = String(answer.body["operationId"]);
      const path = `GET/iotdps-get-operationstatus/?$rid=${rid}&operationId=${operationId}`;
      answer = await ask(path, rid, dialect.pollBody(id));
    }
    expect(answer).toMatchObject({
      status: 200,
      body: { status: "assigned", registrationState: { registrationId: id, deviceId: id } },
    });
  },
);
