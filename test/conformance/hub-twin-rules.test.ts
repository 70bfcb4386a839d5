import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Target } from "./support/target.ts";
import { conformanceTarget } from "./support/target.ts";
import type { Properties } from "./support/twin-wire.ts";
import {
  TWIN_ANSWERS,
  listeningDevice,
  patchDesired,
  readTwin,
  reportByHand,
  reportPacket,
} from "./support/twin-wire.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

describe("merging (Microsoft Learn, Understand and use device twins in IoT Hub, Device operations and Back-end operations)", () => {
  test.for<readonly [string, Properties, Properties, Properties]>([
    ["objects merge", { a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
    ["a value replaces a value", { a: 1 }, { a: "x" }, { a: "x" }],
    ["an array replaces an array", { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ["an object replaces a value", { a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
    ["a value replaces an object", { a: { b: 1 } }, { a: true }, { a: true }],
    ["null removes a property", { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ["null removes a property within", { a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    ["null for what is not there does nothing", { a: 1 }, { b: null }, { a: 1 }],
    ["an empty update changes no property", { a: 1 }, {}, { a: 1 }],
  ])("%s, in reported and in desired properties", async ([, before, patch, after]) => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "merge", [TWIN_ANSWERS]);
    await reportByHand(device.client, before);
    await reportByHand(device.client, patch);
    await patchDesired(target, device.id, before);
    await patchDesired(target, device.id, patch);
    const twin = await readTwin(device.client);
    expect(twin).toEqual({
      desired: { ...after, $version: expect.any(Number) },
      reported: { ...after, $version: expect.any(Number) },
    });
  });
});

const nested = (levels: number): Properties =>
  levels === 0 ? { n: 1 } : { n: nested(levels - 1) };
const texts = (count: number): Properties =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, "x".repeat(4000)]));

describe("limits (Microsoft Learn, Understand and use device twins in IoT Hub, Tags and properties format, Device twin size)", () => {
  test.for<readonly [string, string]>([
    ["no JSON", '{"a":'],
    ["an empty body", ""],
    ["an array", "[1]"],
    ["null", "null"],
    ["a text", '"a"'],
    ["a key with a dot", '{"good":1,"a.b":1}'],
    ["a key with a dollar sign", '{"good":1,"a":{"$b":1}}'],
    ["a key with a blank", '{"good":1,"a b":1}'],
    ["a key with a C0 control character", '{"good":1,"a\\u0000b":1}'],
    ["a key with a C1 control character", '{"good":1,"a\\u0085b":1}'],
    ["a key of more than 1 KB", JSON.stringify({ good: 1, ["ü".repeat(513)]: 1 })],
    ["a text of more than 4 KB", JSON.stringify({ good: 1, a: "ü".repeat(2049) })],
    ["an integer above the largest", '{"good":1,"a":4503599627370496}'],
    ["an integer below the smallest", '{"good":1,"a":-4503599627370497}'],
    ["an eleventh level", JSON.stringify({ good: 1, ...nested(10) })],
    ["more than 32 KB", JSON.stringify({ good: 1, ...texts(9) })],
  ])("%s is refused with 400 and the reason, and with it the whole update", async ([, body]) => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "limit", [TWIN_ANSWERS]);
    const before = await readTwin(device.client);
    device.client.send(reportPacket("bad", body));
    const answer = await device.client.nextPublish();
    expect(answer.topic).toBe("$iothub/twin/res/400/?$rid=bad");
    expect(JSON.parse(answer.body)).toMatchObject({
      errorCode: expect.any(Number),
      trackingId: expect.any(String),
      message: expect.stringMatching(/./),
      timestampUtc: expect.stringMatching(/^\d{4}-/),
    });
    expect(await readTwin(device.client)).toEqual(before);
  });

  test("what just fits is taken: keys of 1 KB, texts of 4 KB, integers at both ends, ten levels, arrays", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "fits", [TWIN_ANSWERS]);
    const fits = {
      ["k".repeat(1024)]: "x".repeat(4096),
      least: -4_503_599_627_370_496,
      most: 4_503_599_627_370_495,
      broken: -0.5,
      list: [1, "a", true, { b: [] }],
      empty: {},
      ...nested(9),
    };
    const version = await reportByHand(device.client, fits);
    expect((await readTwin(device.client)).reported).toEqual({ ...fits, $version: version });
  });

  test("the 32 KB are those of all reported properties together", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "sum", [TWIN_ANSWERS]);
    await reportByHand(device.client, texts(8));
    device.client.send(reportPacket("9", JSON.stringify({ more: "x".repeat(1000) })));
    expect((await device.client.nextPublish()).topic).toBe("$iothub/twin/res/400/?$rid=9");
    await reportByHand(device.client, { t0: null, more: "x".repeat(1000) });
  });

  test("what a device sends of $version and $metadata, which are the service's, is not taken", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "system", [TWIN_ANSWERS]);
    const version = await reportByHand(device.client, { a: 1, $version: 99, $metadata: { a: 1 } });
    expect((await readTwin(device.client)).reported).toEqual({ a: 1, $version: version });
    expect(version).toBeLessThan(99);
  });
});

describe("metadata (Microsoft Learn, Understand and use device twins in IoT Hub, Device twin metadata)", () => {
  test("every level tells when it was last updated, arrays as a whole; reported properties have no version", async () => {
    await using my = target.entries();
    await using device = await listeningDevice(target, my, "metadata", [TWIN_ANSWERS]);
    await reportByHand(device.client, { a: { b: 1, c: [{ d: 1 }] }, e: 1 });
    const read = async (): Promise<Properties> => {
      const { responseBody } = await target.clients.registry.getTwin(device.id);
      return responseBody.properties.reported["$metadata"];
    };
    const stamp = { $lastUpdated: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) };
    const first = await read();
    expect(first).toEqual({ ...stamp, a: { ...stamp, b: stamp, c: stamp }, e: stamp });
    await reportByHand(device.client, { e: null, a: { b: 2 } });
    const second = await read();
    expect(second).toEqual({ ...stamp, a: { ...stamp, b: stamp, c: stamp } });
    expect(second["a"]).toMatchObject({ c: Reflect.get(Object(first["a"]), "c") });
  });
});
