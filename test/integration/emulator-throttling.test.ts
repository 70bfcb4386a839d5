import { once } from "node:events";
import { request } from "node:https";
import type { Twin } from "azure-iot-device";
import iotDevice from "azure-iot-device";
import iotCommon from "azure-iot-common";
import iothub from "azure-iothub";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { report } from "../conformance/support/hub-device.ts";
import { formatSasToken } from "../support/sas-token.ts";
import type { FaultWorld } from "./emulator-fault-world.ts";
import { faultWorld } from "./emulator-fault-world.ts";
import { redirect } from "./emulator-service-clients.ts";
import { HUB } from "./emulator-wire.ts";

const { Message } = iotDevice;

/** More than any test asks for, also in the same millisecond. */
const PLENTY = {
  registryOperationsPerS: 1e10,
  connectionsPerS: 1e10,
  telemetryPerS: 1e10,
  commandsPerS: 1e10,
  methodBytesPerS: 1e13,
  queriesPerS: 1e10,
  twinReadsPerS: 1e10,
  twinUpdatesPerS: 1e10,
  jobOperationsPerS: 1e10,
  messagesPerDay: 1e6,
  meterBytes: 4096,
};

let world: FaultWorld;
let methods: iothub.Client;
let jobs: iothub.JobClient;
beforeAll(async () => {
  world = await faultWorld(["cave-1", "cave-2"], { throttleBurstS: 0, throttleDelayMaxS: 0 });
  const [hubString = ""] = world.emulator.hubConnectionStrings;
  jobs = iothub.JobClient.fromConnectionString(hubString);
  redirect(jobs, world.emulator.agent);
  methods = world.methods;
  // It waits ten seconds and more before it calls again.
  methods.setRetryPolicy(new iotCommon.NoRetry());
});
afterAll(() => world[Symbol.asyncDispose]());

/** Lets one operation of this throttle through, and the next in a quarter of an hour. */
function only(limit: keyof typeof PLENTY, perS = 0.001): void {
  world.emulator.throttling.set({ tier: "none" });
  world.emulator.throttling.set({ tier: "S1", tierLimits: { ...PLENTY, [limit]: perS } });
}
beforeEach(() => {
  world.emulator.throttling.set({ tier: "none" });
});

const useOf = (limit: string): unknown =>
  Object(world.emulator.throttling.state().hubs[HUB]?.throttles)[limit];

/** What the classic body becomes in azure-iothub. */
const THROTTLED = {
  name: "ThrottlingError",
  response: {
    statusCode: 429,
    headers: { "iothub-errorcode": "ThrottlingException", "retry-after": expect.any(String) },
  },
};

async function opened(id: string): Promise<iotDevice.Client> {
  const client = await world.client(id);
  await client.open();
  return client;
}

const METHOD = { methodName: "tend", payload: null, responseTimeoutInSeconds: 5 };

describe("what service clients are told above a throttle, and that the others are free", () => {
  test.for<[keyof typeof PLENTY, name: string, call: () => Promise<unknown>]>([
    ["registryOperationsPerS", "an identity is read", () => world.registry.get("cave-1")],
    ["registryOperationsPerS", "identities are listed", () => world.registry.list()],
    ["twinReadsPerS", "a twin is read", () => world.registry.getTwin("cave-1")],
    [
      "twinUpdatesPerS",
      "a twin is updated",
      () => world.registry.updateTwin("cave-1", { tags: { n: 1 } }, "*"),
    ],
    [
      "queriesPerS",
      "twins are queried",
      () => world.registry.createQuery("SELECT * FROM devices").next(),
    ],
    ["jobOperationsPerS", "a job is looked at", () => jobs.createQuery().next()],
  ])("%s: %s", async ([limit, , call]) => {
    only(limit);
    await call();
    await expect(call()).rejects.toMatchObject(THROTTLED);
    expect(useOf(limit)).toMatchObject({ refused: expect.any(Number), waiting: 0 });
    only(limit === "queriesPerS" ? "twinReadsPerS" : "queriesPerS");
    await call();
  });

  test("a call in bulk counts once for each device", async () => {
    only("registryOperationsPerS");
    const devices = Array.from({ length: 100 }, (_, at) => ({ deviceId: `bulk-${at}` }));
    // More than a burst: it is let through by itself, and the next pays for it.
    await world.registry.addDevices(devices);
    world.emulator.throttling.set({
      tier: "S1",
      tierLimits: { ...PLENTY, registryOperationsPerS: 1 },
    });
    await expect(world.registry.get("bulk-1")).rejects.toMatchObject({
      ...THROTTLED,
      response: {
        statusCode: 429,
        headers: { "retry-after": expect.stringMatching(/^(100|9\d)$/) },
      },
    });
  });

  test("cloud-to-device messages, as the REST call sends them", async () => {
    only("commandsPerS");
    const { agent, hubConnectionStrings } = world.emulator;
    const key = /SharedAccessKey=(.+)$/.exec(hubConnectionStrings[0] ?? "")?.[1] ?? "";
    const endS = Math.floor(Date.now() / 1000) + 600;
    const authorization = formatSasToken(HUB, { name: "iothubowner", key }, endS);
    const send = async (): Promise<unknown> => {
      const path = "/devices/cave-1/messages/devicebound";
      const asked = request({ agent, host: HUB, method: "POST", path, headers: { authorization } });
      asked.end("hello");
      const [answer] = await once(asked, "response");
      answer.resume();
      return answer.statusCode;
    };
    expect([await send(), await send()]).toEqual([201, 429]);
    await world.registry.getTwin("cave-1");
  });

  test("direct methods count in bytes", async () => {
    const client = await opened("cave-1");
    client.onDeviceMethod("tend", (_request, response) => void response.send(200));
    await world.registry.getTwin("cave-1");
    only("methodBytesPerS");
    await methods.invokeDeviceMethod("cave-1", METHOD);
    await expect(methods.invokeDeviceMethod("cave-1", METHOD)).rejects.toMatchObject(THROTTLED);
    await client.close();
  });
});

describe("what devices see above a throttle", () => {
  test("a twin that is read: an error with the service's text, and it is not repeated", async () => {
    const client = await opened("cave-1");
    only("twinReadsPerS");
    await world.registry.getTwin("cave-1");
    await expect(client.getTwin()).rejects.toThrow(/More than the hub's tier lets through/);
    await client.close();
  });

  test("a twin that is reported: an error, the next report goes through", async () => {
    const client = await opened("cave-1");
    const twin: Twin = await client.getTwin();
    only("twinUpdatesPerS");
    await report(twin, { fan: "on" });
    await expect(report(twin, { fan: "off" })).rejects.toThrow(/twinUpdatesPerS/);
    world.emulator.throttling.set({ tier: "none" });
    await report(twin, { fan: "off" });
    await client.close();
  });

  test("telemetry that would wait too long: the connection is closed without a PUBACK", async () => {
    const client = await opened("cave-1");
    only("telemetryPerS");
    await client.sendEvent(new Message("one"));
    const lost = once(client, "disconnect");
    void client.sendEvent(new Message("two")).catch(() => {});
    await lost;
    // A new connection is good at once.
    await client.open();
    world.emulator.throttling.set({ tier: "none" });
    await client.sendEvent(new Message("three"));
    expect(useOf("telemetryPerS")).toMatchObject({ refused: 1 });
    await client.close();
  });

  test("a connection: refused by CONNACK 3, which the SDK takes for a service that comes back", async () => {
    const client = await opened("cave-1");
    only("connectionsPerS");
    const second = await opened("cave-2");
    const third = await world.client("cave-2");
    await expect(third.open()).rejects.toThrow(/server unavailable/i);
    for (const one of [client, second]) await one.close();
  });
});
