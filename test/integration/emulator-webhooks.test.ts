import { EventEmitter, once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startWebhook } from "../conformance/support/webhook.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { TestEmulator } from "./emulator-wire.ts";
import {
  DPS,
  HUB,
  WireClient,
  connectPacket,
  dpsUserName,
  emulatorForTest,
} from "./emulator-wire.ts";
import { publishPacket, subscribePacket } from "./emulator-wire.ts";

const LIMITS = {
  webhookRetriesMax: 1,
  webhookRetryFirstMs: 1,
  webhookRetryGrowthMs: 0,
  webhookAnswerMaxBytes: 2000,
} as const;

let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest(LIMITS);
});
afterAll(() => world.emulator.stop());

async function enroll(emulated: TestEmulator, webhookUrl: string): Promise<void> {
  await enrollGroup(emulated);
  using clients = serviceClients(emulated);
  const { responseBody } = await clients.dps.getEnrollmentGroup("caves");
  const customAllocationDefinition = { webhookUrl, apiVersion: "2021-10-01" };
  const custom = { allocationPolicy: "custom", customAllocationDefinition };
  await clients.dps.createOrUpdateEnrollmentGroup(Object.assign(responseBody, custom));
}

const answerBody = z.object({
  operationId: z.string(),
  status: z.string(),
  registrationState: z.unknown().optional(),
});

interface Registering extends AsyncDisposable {
  /** Polls until it is over; gives the registration. */
  ended(): Promise<unknown>;
}

async function begin(emulated: TestEmulator, id: string): Promise<Registering> {
  const keys = await emulated.pki.leaf(id);
  const client = await WireClient.open(emulated, { servername: DPS, keys });
  client.send(connectPacket(id, dpsUserName(id)));
  await client.next();
  client.send(subscribePacket("$dps/registrations/res/#"));
  await client.next();
  const ask = async (path: string) => {
    client.send(publishPacket(`$dps/registrations/${path}`, "", { qos: 0 }));
    return answerBody.parse(JSON.parse((await client.nextPublish()).body));
  };
  const { operationId } = await ask("PUT/iotdps-register/?$rid=1");
  const poll = `GET/iotdps-get-operationstatus/?$rid=2&operationId=${operationId}`;
  return {
    ended: async () => {
      for (;;) {
        const { status, registrationState } = await ask(poll);
        if (status !== "assigning") return registrationState;
      }
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

async function outcomeOf(webhookUrl: string, id: string, emulated = world): Promise<unknown> {
  await enroll(emulated, webhookUrl);
  await using device = await begin(emulated, id);
  return await device.ended();
}

const failed = (text: string) => ({
  status: "failed",
  errorCode: 400207,
  errorMessage: expect.stringContaining(text),
});

describe("a webhook whose answer is of no use", () => {
  test.for([
    ["no JSON", "<html>", "it is no JSON"],
    ["no object", "[]", "no JSON object"],
    ["a hub of another kind", { iotHubHostName: 1 }, "iotHubHostName"],
    ["a hub that it was not given", { iotHubHostName: "x.azure-devices.net" }, "none of the hubs"],
    ["a twin that breaks a rule", { initialTwin: { tags: { "a.b": 1 } } }, "initialTwin"],
    ["a twin that is none", { initialTwin: { tags: 1 } }, "initialTwin.tags"],
    ["more than it may be", { payload: "x".repeat(2000) }, "too large"],
  ] as const)("%s fails the registration", async ([name, body, text]) => {
    await using hook = await startWebhook(() => ({
      status: 200,
      body: typeof body === "string" ? body : { iotHubHostName: HUB, ...body },
    }));
    const id = name.replaceAll(" ", "-").toLowerCase();
    expect(await outcomeOf(hook.url, id)).toMatchObject(failed(text));
    expect(hook.calls).toHaveLength(1);
  });

  test("an answer may write its members, and the hub, in any case", async () => {
    await using hook = await startWebhook(() => ({
      status: 200,
      body: { IotHubHostname: HUB.toUpperCase() },
    }));
    expect(await outcomeOf(hook.url, "any-case")).toMatchObject({ assignedHub: HUB });
  });
});

describe("a webhook that gives no answer is asked again, and then the registration fails", () => {
  test("where nobody listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = z.object({ port: z.number() }).parse(server.address());
    server.close();
    await once(server, "close");
    const outcome = await outcomeOf(`http://127.0.0.1:${port}/`, "nobody");
    expect(outcome).toMatchObject(failed("gave no answer"));
  });

  test("where it takes too long", async () => {
    const never = new EventEmitter();
    await using own = await emulatorForTest({ ...LIMITS, webhookTimeoutMs: 100 });
    await using hook = await startWebhook(async () => {
      await once(never, "answer");
      return { status: 200 };
    });
    expect(await outcomeOf(hook.url, "hanging", own)).toMatchObject(failed("gave no answer"));
  });

  test("where it breaks off", async () => {
    const calls: string[] = [];
    const server = createServer((socket) => {
      calls.push("call");
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"));
      socket.on("error", () => {});
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const outcome = await outcomeOf(`http://127.0.0.1:${port}/`, "broken");
    server.close();
    expect(outcome).toMatchObject(failed("gave no answer"));
    expect(calls).toHaveLength(2);
  });

  test("where its certificate is not trusted", async () => {
    const server = await world.pki.server(["localhost"]);
    await using hook = await startWebhook(
      () => ({ status: 200, body: { iotHubHostName: HUB } }),
      server,
    );
    expect(await outcomeOf(hook.url, "untrusted")).toMatchObject(failed("gave no answer"));
    expect(hook.calls).toEqual([]);
  });
});

test("an emulator stops while a webhook is asked, and while DPS waits to ask again", async () => {
  for (const status of [undefined, 503]) {
    const asked = new EventEmitter();
    await using hook = await startWebhook(async () => {
      asked.emit("call");
      if (status === undefined) await once(asked, "never");
      return { status: status ?? 200 };
    });
    await using own = await emulatorForTest({
      ...LIMITS,
      webhookTimeoutMs: 3_600_000,
      webhookRetryFirstMs: 3_600_000,
    });
    await enroll(own, hook.url);
    const called = once(asked, "call");
    await using device = await begin(own, "stopped");
    expect(device).toBeDefined();
    await called;
    await own.emulator.stop();
  }
});
