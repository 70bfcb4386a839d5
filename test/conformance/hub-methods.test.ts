import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubDevice } from "./support/hub-device.ts";
import { certifiedDevice, subscribe, wireDevice } from "./support/hub-wire.ts";
import type { MethodAnswer, MethodCall } from "./support/methods.ts";
import { METHOD_CALLS, answerPacket, methodCaller, nextCall } from "./support/methods.ts";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import { listeningDevice } from "./support/twin-wire.ts";

let target: Target;
let invoke: (deviceId: string, call?: MethodCall) => Promise<MethodAnswer>;
beforeAll(async () => {
  target = await conformanceTarget();
  invoke = methodCaller(target);
});
afterAll(() => target[Symbol.asyncDispose]());

const NOT_ONLINE = {
  response: { statusCode: 404 },
  responseBody: expect.stringMatching(/DeviceNotOnline|404103/),
};

describe("direct methods over MQTT (Microsoft Learn, Communicate with an IoT hub using MQTT, Respond to a direct method)", () => {
  test("the device gets the method's name, a request id and the payload as JSON, at QoS 0", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "call", [METHOD_CALLS]);
    for (const [payload, body] of [
      [{ a: [1, "ü"] }, '{"a":[1,"ü"]}'],
      ["text", '"text"'],
      [0, "0"],
      [false, "false"],
    ] as const) {
      const calling = invoke(device.id, { name: "set-fan", payload });
      const call = await nextCall(device.client);
      expect(call).toMatchObject({ name: "set-fan", body, qos: 0 });
      device.client.send(answerPacket(call, 200, ""));
      await calling;
    }
  });

  test("a payload that is null, or none, comes as null or as an empty body", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "null", [METHOD_CALLS]);
    for (const payload of [null, undefined]) {
      const calling = invoke(device.id, { payload });
      const call = await nextCall(device.client);
      expect(["null", ""]).toContain(call.body);
      device.client.send(answerPacket(call, 200, ""));
      await calling;
    }
  });

  test.for<readonly [number, string, unknown]>([
    [200, '{"done":true}', { done: true }],
    [200, "", null],
    [404, "null", null],
    [500, '{"why":"broken"}', { why: "broken" }],
    [0, "1", 1],
    [-1, '["x"]', ["x"]],
  ])(
    "the caller gets status %d and body %j as the device sent them, in a successful answer",
    async ([status, body, payload]) => {
      await using my = target.entries();
      await using device = await listeningDevice(target, my, "status", [METHOD_CALLS]);
      const calling = invoke(device.id);
      device.client.send(answerPacket(await nextCall(device.client), status, body));
      expect(await calling).toEqual({ status, payload });
    },
  );

  test("calls that are under way at the same time are told apart by their request ids", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "many", [METHOD_CALLS]);
    const calling = Array.from({ length: 20 }, (_, n) => invoke(device.id, { payload: n }));
    const calls = [];
    for (const _ of calling) calls.push(await nextCall(device.client));
    expect(new Set(calls.map(({ requestId }) => requestId)).size).toBe(20);
    device.client.send(...calls.toReversed().map((call) => answerPacket(call, 200, call.body)));
    expect(await Promise.all(calling)).toEqual(
      calling.map((_, n) => ({ status: 200, payload: n })),
    );
  });

  test("a device answers its own calls only", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "own", [METHOD_CALLS]);
    await using rival = await listeningDevice(target, my, "rival", [METHOD_CALLS]);
    const calling = invoke(device.id);
    const call = await nextCall(device.client);
    rival.client.send(answerPacket(call, 200, '"forged"'));
    const theirs = invoke(rival.id);
    rival.client.send(answerPacket(await nextCall(rival.client), 200, "1"));
    await theirs;
    device.client.send(answerPacket(call, 200, '"true"'));
    expect(await calling).toEqual({ status: 200, payload: "true" });
  });

  test("Microsoft's device client answers Microsoft's service client", async () => {
    await using my = target.entries();
    const { id, keys } = await certifiedDevice(target, my, "sdk");
    await using device = await hubDevice(target, id, keys);
    device.client.onDeviceMethod("set-fan", (request, response) => {
      void response.send(201, { echo: request.payload });
    });
    const answer = await invoke(id, { name: "set-fan", payload: { fan: "off" }, connectS: 20 });
    expect(answer).toEqual({ status: 201, payload: { echo: { fan: "off" } } });
  });
});

describe("invoking (Microsoft Learn, Understand and invoke direct methods from IoT Hub)", () => {
  test("an unknown device is DeviceNotFound", async () => {
    await expect(invoke("nobody-at-all")).rejects.toMatchObject({ name: "DeviceNotFoundError" });
  });

  test("a device that is not connected is not online", async () => {
    await using my = target.entries();
    const { id } = await certifiedDevice(target, my, "offline");
    await expect(invoke(id)).rejects.toMatchObject(NOT_ONLINE);
  });

  test("a device that does not listen for methods, or does no longer, is not online for them", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "deaf", []);
    await expect(invoke(device.id)).rejects.toMatchObject(NOT_ONLINE);
    await subscribe(device.client, [METHOD_CALLS]);
    const calling = invoke(device.id);
    device.client.send(answerPacket(await nextCall(device.client), 200, ""));
    await calling;
    device.client.send({ cmd: "unsubscribe", messageId: 5, unsubscriptions: [METHOD_CALLS] });
    expect(await device.client.next()).toMatchObject({ cmd: "unsuback" });
    await expect(invoke(device.id)).rejects.toMatchObject(NOT_ONLINE);
  });

  test("the connect timeout is how long the hub waits for a device that is away", async () => {
    await using my = target.entries();
    const known = await certifiedDevice(target, my, "waited");
    const calling = invoke(known.id, { connectS: 20 });
    await using client = await wireDevice(target, known);
    await subscribe(client, [METHOD_CALLS]);
    client.send(answerPacket(await nextCall(client), 200, "1"));
    expect(await calling).toEqual({ status: 200, payload: 1 });
  });

  test("the payload may have 128 KB in each direction", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "large", [METHOD_CALLS]);
    const payload = "x".repeat(128 * 1024 - 2);
    const calling = invoke(device.id, { payload });
    const call = await nextCall(device.client);
    expect(call.body).toBe(JSON.stringify(payload));
    device.client.send(answerPacket(call, 200, call.body));
    expect(await calling).toEqual({ status: 200, payload });
  });

  test.for<readonly [string, MethodCall]>([
    ["a payload of more than 128 KB", { payload: "x".repeat(128 * 1024 - 1) }],
    ["a response timeout of less than 5 s", { responseS: 4 }],
    ["a response timeout of more than 300 s", { responseS: 301 }],
    ["a connect timeout of more than 300 s", { connectS: 301 }],
    ["a connect timeout below 0", { connectS: -1 }],
    ["a name with a blank", { name: "a b" }],
    ["a name with a separator", { name: "a/b" }],
    ["a name with a dollar sign", { name: "$a" }],
    ["a name beyond ASCII", { name: "lüften" }],
  ])("%s is refused with 400", async ([, call]) => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "refused", [METHOD_CALLS]);
    await expect(invoke(device.id, call)).rejects.toMatchObject({ name: "ArgumentError" });
    device.client.send({ cmd: "pingreq" });
    expect(await device.client.next()).toMatchObject({ cmd: "pingresp" });
  });
});
