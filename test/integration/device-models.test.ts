import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
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
