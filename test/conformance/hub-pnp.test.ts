import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectPacket } from "../integration/emulator-wire.ts";
import { hubDevice, report } from "./support/hub-device.ts";
import { certifiedDevice } from "./support/hub-wire.ts";
import { METHOD_CALLS, answerPacket, methodCaller, nextCall } from "./support/methods.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import {
  DESIRED_CHANGES,
  TWIN_ANSWERS,
  listeningDevice,
  patchDesired,
  readTwin,
  reportByHand,
  versionOf,
} from "./support/twin-wire.ts";

const MODEL = "dtmi:com:example:TemperatureController;1";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

async function modelIdOf(deviceId: string): Promise<unknown> {
  const { responseBody } = await target.clients.registry.getTwin(deviceId);
  return Reflect.get(responseBody, "modelId");
}

describe("model id announcement (Microsoft Learn, IoT Plug and Play conventions)", () => {
  test("the twin has the model id that the device announces when it connects", async () => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "model");
    expect(await modelIdOf(id)).toBe("");
    await using device = await hubDevice(target, id, keys, { modelId: MODEL });
    await device.client.getTwin();
    expect(await modelIdOf(id)).toBe(MODEL);
  });

  test.for<readonly [string, string]>([
    ["Node", `?api-version=2021-04-12&model-id=${MODEL}&DeviceClientType=azure-iot-device`],
    ["Python", `?api-version=2020-09-30&DeviceClientType=py&model-id=${encodeURIComponent(MODEL)}`],
    [
      "C#",
      `?api-version=2020-09-30&DeviceClientType=.NET%2F1&model-id=${encodeURIComponent(MODEL)}`,
    ],
    ["Java", `?api-version=2020-09-30&model-id=${MODEL}&DeviceClientType=java%2F2`],
  ])("the model id is read as the SDK for %s sends it", async ([, query]) => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "dialect");
    await using client = await target.wire("MQTT", target.hub, keys);
    client.send(connectPacket(id, `${target.hub}/${id}/${query}`));
    expect(await client.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
    expect(await modelIdOf(id)).toBe(MODEL);
  });
});

describe("writable properties (Microsoft Learn, IoT Plug and Play conventions)", () => {
  test("a device acknowledges a desired value with its code, the desired version and a text", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "ack", [TWIN_ANSWERS, DESIRED_CHANGES]);
    const version = versionOf(await patchDesired(target, device.id, { targetTemperature: 21.5 }));
    const told: unknown = JSON.parse((await device.client.nextPublish()).body);
    expect(told).toEqual({ targetTemperature: 21.5, $version: version });
    const acknowledged = { value: 21.5, ac: 200, av: version, ad: "done" };
    await reportByHand(device.client, { targetTemperature: acknowledged });
    const { responseBody } = await target.clients.registry.getTwin(device.id);
    expect(responseBody.properties.reported).toMatchObject({ targetTemperature: acknowledged });
  });

  test("a component's properties stand in an object with the marker __t, in both directions", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "component", [
      TWIN_ANSWERS,
      DESIRED_CHANGES,
    ]);
    const thermostat1 = { __t: "c", targetTemperature: 21 };
    const version = versionOf(await patchDesired(target, device.id, { thermostat1 }));
    expect(JSON.parse((await device.client.nextPublish()).body)).toMatchObject({ thermostat1 });
    const acknowledged = { __t: "c", targetTemperature: { value: 21, ac: 202, av: version } };
    await reportByHand(device.client, { thermostat1: acknowledged });
    expect(await readTwin(device.client)).toMatchObject({
      desired: { thermostat1 },
      reported: { thermostat1: acknowledged },
    });
  });

  test("Microsoft's client is told of a component's change by its path", async () => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "path");
    await using device = await hubDevice(target, id, keys, { modelId: MODEL });
    const twin = await device.client.getTwin();
    const changed = new Promise<unknown>((resolve) => {
      twin.on("properties.desired.thermostat1.targetTemperature", resolve);
    });
    await report(twin, { ready: true });
    await patchDesired(target, id, { thermostat1: { __t: "c", targetTemperature: 19 } });
    expect(await changed).toBe(19);
  });
});

describe("commands (Microsoft Learn, IoT Plug and Play conventions)", () => {
  test("a component's command is the direct method component*command", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "command", [METHOD_CALLS]);
    const calling = methodCaller(target)(device.id, { name: "thermostat1*reboot", payload: 3 });
    const call = await nextCall(device.client);
    expect(call).toMatchObject({ name: "thermostat1*reboot", body: "3" });
    device.client.send(answerPacket(call, 200, "true"));
    expect(await calling).toEqual({ status: 200, payload: true });
  });
});
