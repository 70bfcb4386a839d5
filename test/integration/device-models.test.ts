import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import { startWebhook } from "../conformance/support/webhook.ts";
import { deviceSpec, runShard, startTestCloud } from "../support/fleet.ts";
import type { TestCloud } from "../support/fleet.ts";
import { serviceClients } from "./emulator-service-clients.ts";

const MODEL_ID = "dtmi:com:example:Gauge;1";

/** Writes a model of one's own; `device` are members of what it creates, as JavaScript. */
async function writeModel(cloud: TestCloud, name: string, device: string): Promise<string> {
  const path = join(cloud.certsDir, `${name}.mjs`);
  await writeFile(
    path,
    `export const model = {
  name: "${name}",
  defaults: {},
  checkSettings: () => [],
  create: () => ({
    step: () => [{ body: "{}", properties: {} }],
    desired: () => undefined,
    methods: {},
    snapshot: () => null,
    restore: () => {},
    ${device}
  }),
};
`,
  );
  return path;
}

test("a device with a model id announces it to DPS and to its hub, one without announces nothing", async () => {
  await using cloud = await startTestCloud();
  await using hook = await startWebhook(() => ({
    status: 200,
    body: { iotHubHostName: cloud.emulator.hubs[0] },
  }));
  using clients = serviceClients(cloud);
  const { responseBody: group } = await clients.dps.getEnrollmentGroup("test-devices");
  await clients.dps.createOrUpdateEnrollmentGroup(Object.assign(group, hook.policy));
  await cloud.issue("plug", "plain");
  const plug = await writeModel(cloud, "gauge", `modelId: "${MODEL_ID}",`);
  const plain = await writeModel(cloud, "plain", "");
  await using shard = await runShard(cloud, [
    deviceSpec("plug", { model: plug }),
    deviceSpec("plain", { model: plain, index: 1 }),
  ]);
  for (const id of ["plug", "plain"]) await shard.row(id, ({ acked }) => acked >= 1);

  const contexts = hook.calls.map(({ body }) => Reflect.get(Object(body), "deviceRuntimeContext"));
  expect(contexts).toHaveLength(2);
  expect(contexts).toContainEqual({
    registrationId: "plug",
    x509: {},
    payload: { modelId: MODEL_ID },
  });
  expect(contexts).toContainEqual({ registrationId: "plain", x509: {} });
  const modelIds = await Promise.all(
    ["plug", "plain"].map(async (id) => {
      const { responseBody } = await clients.registry.getTwin(id);
      return Reflect.get(responseBody, "modelId");
    }),
  );
  expect(modelIds).toEqual([MODEL_ID, ""]);
});

const isFinal = (event: DeviceEvent): event is Extract<DeviceEvent, { type: "error" }> =>
  event.type === "error" && event.final;

const isReported = (event: DeviceEvent): event is Extract<DeviceEvent, { type: "reported" }> =>
  event.type === "reported";

/** What is told of a model that throws in the line that {@link writeModel} puts a member into. */
const told = (id: string, what: string): RegExp =>
  new RegExp(`^model ${id}: ${what} threw Error: the spring is gone \\(/.*/${id}\\.mjs:11\\)$`);

test("a model that throws ends its device with file and line; the others go on", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("steps", "answers", "follows", "sound");
  const broken = 'throw new Error("the spring is gone");';
  const steps = await writeModel(cloud, "steps", `step: () => { ${broken} },`);
  const answers = await writeModel(cloud, "answers", `methods: { Wind: () => { ${broken} } },`);
  const follows = await writeModel(
    cloud,
    "follows",
    `desired: (patch) => { if ("wind" in patch) { ${broken} } },`,
  );
  const sound = await writeModel(cloud, "sound", "");
  await using shard = await runShard(cloud, [
    deviceSpec("steps", { model: steps }),
    deviceSpec("answers", { model: answers, index: 1 }),
    deviceSpec("follows", { model: follows, index: 2 }),
    deviceSpec("sound", { model: sound, index: 3 }),
  ]);
  const errorOf = async (id: string): Promise<string> => {
    const isOf = (event: DeviceEvent): event is Extract<DeviceEvent, { type: "error" }> =>
      isFinal(event) && event.deviceId === id;
    const { errorClass, error } = await shard.event(isOf);
    expect(errorClass).toBe("model");
    return error;
  };
  expect(await errorOf("steps")).toMatch(told("steps", "step"));
  for (const id of ["answers", "follows"]) await shard.row(id, ({ acked }) => acked >= 1);

  using clients = serviceClients(cloud);
  const { result } = await clients.methods.invokeDeviceMethod("answers", { methodName: "Wind" });
  expect(result).toMatchObject({ status: 500, payload: { result: "method Wind failed" } });
  expect(await errorOf("answers")).toMatch(told("answers", "method Wind"));
  await clients.registry.updateTwin("follows", { properties: { desired: { wind: 1 } } }, "*");
  expect(await errorOf("follows")).toMatch(told("follows", "desired"));

  for (const id of ["steps", "answers", "follows"])
    await shard.row(id, ({ state, errorClass }) => state === "failed" && errorClass === "model");
  const { acked } = await shard.row("sound", ({ state }) => state === "streaming");
  await shard.row("sound", (row) => row.acked > acked);
});

test("what a model reports while it is made goes out with its first connection", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("early");
  const path = join(cloud.certsDir, "early.mjs");
  await writeFile(
    path,
    `export const model = {
  name: "early", defaults: {}, checkSettings: () => [],
  create: ({ report }) => {
    report({ firmwareVersion: "1.0.0" });
    return { step: () => [], desired() {}, methods: {}, snapshot: () => null, restore() {} };
  },
};
`,
  );
  await using shard = await runShard(cloud, [deviceSpec("early", { model: path })]);
  const { patch } = await shard.event(isReported);
  expect(patch).toEqual({ firmwareVersion: "1.0.0" });
});
