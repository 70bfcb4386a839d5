import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import type { SymmetricKeySpec } from "../../src/plan/plan.ts";
import { ensureIndividualEnrollments } from "../../src/service/ensure-individual-enrollments.ts";
import type { TestCloud } from "../support/fleet.ts";
import { deviceSpec, runShard, startTestCloud } from "../support/fleet.ts";
import { serviceClients } from "./emulator-service-clients.ts";

const groupKey = newSymmetricKey();
const ownKey = newSymmetricKey();
const symmetric = (primaryKey: string) => ({
  type: "symmetricKey",
  symmetricKey: { primaryKey, secondaryKey: newSymmetricKey() },
});

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({
    group: false,
    enrollmentGroups: [{ enrollmentGroupId: "keyed-caves", attestation: symmetric(groupKey) }],
    enrollments: [
      { registrationId: "single-cave", attestation: symmetric(ownKey) },
      { registrationId: "rival-1", attestation: symmetric(ownKey), deviceId: "one-cave" },
      { registrationId: "rival-2", attestation: symmetric(ownKey), deviceId: "one-cave" },
    ],
  });
});
afterAll(() => cloud[Symbol.asyncDispose]());

const byGroupKey: SymmetricKeySpec = {
  format: "symmetricKey",
  key: { env: "GROUP_KEY" },
  scope: "group",
  tokenLifetimeS: 3600,
};
const env = { GROUP_KEY: groupKey };

const isFinal = (event: DeviceEvent): event is Extract<DeviceEvent, { type: "error" }> =>
  event.type === "error" && event.final;

test("a device of a group derives its key, registers with it and streams over a token of it", async () => {
  const spec = deviceSpec("Keyed-Cave-1", { credentials: byGroupKey });
  await using shard = await runShard(cloud, [spec], { env });
  const row = await shard.row("Keyed-Cave-1", ({ acked }) => acked >= 3);
  expect(row).toMatchObject({ state: "streaming", attempts: 1, failed: 0 });
  using clients = serviceClients(cloud);
  const { responseBody } = await clients.registry.get("Keyed-Cave-1");
  expect(responseBody.authentication).toMatchObject({ type: "sas" });
});

test("a device of an individual enrollment uses its own key, out of a file", async () => {
  const file = join(cloud.certsDir, "single.key");
  writeFileSync(file, `${ownKey}\n`, { mode: 0o600 });
  const credentials = { ...byGroupKey, key: { file }, scope: "individual" } as const;
  await using shard = await runShard(cloud, [deviceSpec("single-cave", { credentials })]);
  const row = await shard.row("single-cave", ({ acked }) => acked >= 1);
  expect(row.state).toBe("streaming");
});

test("enrollments that give two devices one id are refused before a device starts", async () => {
  const { emulator, pki } = cloud;
  const ids = ["single-cave", "rival-1", "rival-2"];
  const devices = ids.map((registrationId) => ({ registrationId, key: ownKey }));
  const { kept, failure } = await ensureIndividualEnrollments(
    { devices, create: false },
    {
      connectionString: emulator.dpsConnectionString,
      source: "the test",
      route: { address: emulator.host, port: emulator.httpsPort, caPem: pki.root.certificatePem },
    },
  );
  expect(kept).toBe(3);
  expect(failure?.reason).toMatchObject({
    code: "REFUSED",
    message: expect.stringMatching(/^individual enrollments at .* share device ids$/),
    problems: [
      {
        place: 'individual enrollment "rival-2"',
        message: 'expected a device id of its own, got "one-cave", which that of "rival-1" has too',
      },
    ],
    hint: expect.stringContaining("a deviceId of its own"),
  });
});

test("of enrollments that could not all be made, those that were are told", async () => {
  const { emulator, pki } = cloud;
  emulator.faults.inject({
    kind: "serverError",
    scope: { operations: ["writeEnrollment"], devices: ["ens-2"] },
  });
  const ensured = await ensureIndividualEnrollments(
    {
      devices: [
        { registrationId: "ens-1", key: ownKey },
        { registrationId: "ens-2", key: ownKey },
        { registrationId: "single-cave", key: ownKey },
      ],
      create: true,
    },
    {
      connectionString: emulator.dpsConnectionString,
      source: "the test",
      route: { address: emulator.host, port: emulator.httpsPort, caPem: pki.root.certificatePem },
    },
  );
  emulator.faults.clear();
  expect(ensured).toMatchObject({
    created: ["ens-1"],
    kept: 1,
    failure: { reason: { code: "REFUSED", message: expect.stringContaining('"ens-2"') } },
  });
});

test("a device with another group's key is refused for good, and nothing tells its key", async () => {
  const strange = newSymmetricKey();
  const spec = deviceSpec("keyed-cave-2", { credentials: byGroupKey });
  await using shard = await runShard(cloud, [spec], { env: { GROUP_KEY: strange } });
  expect(await shard.event(isFinal)).toMatchObject({ errorClass: "unauthorized" });
  expect(JSON.stringify(shard.snapshots)).not.toContain(strange);
});

/** A device with a clock that is wrong from time 0 on. */
const skewed = (registrationId: string, by: string, index: number) =>
  deviceSpec(registrationId, {
    index,
    credentials: byGroupKey,
    faults: [
      {
        kind: "clockSkew",
        parameters: { by },
        times: { by: "script", at: "0s", atMs: 0 },
      },
    ],
  });

test("a device whose clock is behind by more than its tokens hold is refused, others are let in", async () => {
  const specs = [
    skewed("keyed-behind", "-2h", 0),
    skewed("keyed-a-bit-behind", "-10m", 1),
    skewed("keyed-ahead", "2h", 2),
  ];
  await using shard = await runShard(cloud, specs, { env });
  expect(await shard.event(isFinal)).toMatchObject({
    deviceId: "keyed-behind",
    errorClass: "unauthorized",
  });
  for (const id of ["keyed-a-bit-behind", "keyed-ahead"]) {
    expect(await shard.row(id, ({ acked }) => acked >= 1)).toMatchObject({ state: "streaming" });
  }
});

test.each([
  ["a variable that is not set", {}, "expected an environment variable, it is not set"],
  ["a text that is no key", { GROUP_KEY: "hush" }, "expected a symmetric key"],
  ["a key that is too short", { GROUP_KEY: randomBytes(15).toString("base64") }, "16 to 64 bytes"],
])("%s ends the device before it sends a packet", async (_, given, message) => {
  const spec = deviceSpec("keyed-cave-3", { credentials: byGroupKey });
  await using shard = await runShard(cloud, [spec], { env: given });
  const error = await shard.event(isFinal);
  expect(error.error).toContain(message);
  expect(error.error).not.toContain("hush");
  expect(shard.counter("registration_attempts")).toBe(0);
});

test("tokens are renewed before they end; no message is lost and no desired change missed", async () => {
  using clients = serviceClients(cloud);
  const credentials = { ...byGroupKey, tokenLifetimeS: 2 };
  await using shard = await runShard(cloud, [deviceSpec("keyed-cave-4", { credentials })], { env });
  await shard.row("keyed-cave-4", (row) => row.wasConnected);
  let temperature = 0;
  while (shard.counter("connection_renewed") < 2) {
    temperature += 1;
    const patch = JSON.stringify({ properties: { desired: { temperature } } });
    await clients.registry.updateTwin("keyed-cave-4", patch, "*");
  }
  await shard.event(
    (event): event is DeviceEvent =>
      event.type === "desired" && event.patch["temperature"] === temperature,
  );
  await shard.stop();
  expect(shard.counter("connection_opened")).toBe(1);
  expect(shard.counter("connection_lost")).toBe(0);
  expect(shard.counter("telemetry_failed")).toBe(0);
  expect(shard.counter("telemetry_acked")).toBe(shard.counter("telemetry_sent"));
});
