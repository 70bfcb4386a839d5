import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import { derivedDeviceKey } from "../../src/base/symmetric-key.ts";
import type { CommandWorld } from "./command-world.ts";
import { commandWorld } from "./command-world.ts";
import { register } from "./emulator-wire.ts";

const HUBS = ["one-hub.azure-devices.net", "two-hub.azure-devices.net"];
const KEY = Buffer.alloc(32, 7).toString("base64");

let world: CommandWorld;
beforeAll(async () => {
  world = await commandWorld({ hubs: HUBS });
  world.file("key.txt", `${KEY}\n`);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const enroll = (words: string) => world.command(`enroll ${words}`);

const summary = z.looseObject({ id: z.string(), etag: z.string(), status: z.string() });
const shown = async (words: string): Promise<readonly z.infer<typeof summary>[]> =>
  z.array(summary).parse(JSON.parse((await enroll(`show ${words} --json`)).stdout));

test("a group is created with all that its flags say, shown, disabled, enabled, listed and deleted", async () => {
  world.file("twin.yaml", "tags: { site: cellar }\nproperties:\n  desired: { fanstate: on }\n");
  expect(
    await enroll(
      `group caves --certificate intermediate.pem --initial-twin twin.yaml --allocation static --hub ${HUBS[1]} --reprovision never`,
    ),
  ).toEqual({ exitCode: 0, stdout: 'enrollment group "caves": created\n', stderr: "" });
  const [caves] = await shown("caves");
  expect(caves).toMatchObject({
    kind: "group",
    id: "caves",
    status: "enabled",
    attestation: "x509",
    certificates: [{ slot: "primary", sha1: expect.stringMatching(/^[0-9a-f]{40}$/) }],
    allocation: "static",
    hubs: [HUBS[1]],
    reprovision: "never",
    initialTwin: { tags: { site: "cellar" }, properties: { desired: { fanstate: "on" } } },
    registrations: { total: 0, byStatus: {} },
  });
  const text = (await enroll("show caves")).stdout;
  expect(text).toMatch(/primary +.*test intermediate.*SHA-1 [0-9a-f]{40}, until 20/);
  expect(text).toMatch(/hubs +two-hub/);
  expect(await enroll("disable caves")).toMatchObject({
    exitCode: 0,
    stdout: 'enrollment group "caves": disabled\n',
  });
  expect((await shown("caves"))[0]).toMatchObject({ status: "disabled", hubs: [HUBS[1]] });
  expect(await enroll("disable caves --json")).toMatchObject({
    stdout: '{"kind":"group","id":"caves","status":"disabled","changed":false}\n',
  });
  await enroll("enable caves");
  expect((await enroll("list")).stdout).toMatch(/^KIND +NAME[^\n]*\ngroup +caves +enabled +x509 /);
  expect(await enroll("delete caves")).toMatchObject({ exitCode: 0 });
  expect(await enroll("list --json")).toMatchObject({ stdout: "[]\n" });
});

test("a change is what the flags name and nothing else, and a second certificate can come and go", async () => {
  await enroll(`group g --certificate intermediate.pem --hub ${HUBS[0]} --disabled`);
  const [before] = await shown("g");
  const change = await enroll("group g --secondary-certificate other.pem --allocation geoLatency");
  expect(change).toMatchObject({ exitCode: 0, stdout: 'enrollment group "g": changed\n' });
  const [after] = await shown("g");
  expect(after).toMatchObject({
    status: "disabled",
    allocation: "geoLatency",
    hubs: [HUBS[0]],
    certificates: [{ slot: "primary" }, { slot: "secondary" }],
  });
  expect(after?.etag).not.toBe(before?.etag);
  expect((await enroll("group g --allocation geoLatency")).stdout).toContain("is as asked already");
  await enroll("group g --certificate other.pem --remove-secondary --all-hubs");
  const [rolled] = await shown("g");
  expect(rolled).toMatchObject({ hubs: [], certificates: [{ slot: "primary" }] });
  await enroll("delete g");
});

test("with --if-missing one that is there stays, and a warning says in what it differs", async () => {
  const words = "group m --certificate intermediate.pem --if-missing";
  expect(await enroll(words)).toMatchObject({ stdout: 'enrollment group "m": created\n' });
  const [before] = await shown("m");
  expect(await enroll(words)).toEqual({
    exitCode: 0,
    stdout: 'enrollment group "m": is there already, nothing was changed\n',
    stderr: "",
  });
  const other = await enroll("group m --certificate other.pem --disabled --if-missing --json");
  expect(other).toMatchObject({
    exitCode: 0,
    stderr: 'warning: enrollment group "m" differs from what was asked: status, certificates\n',
  });
  expect(JSON.parse(other.stdout)).toMatchObject({
    done: "kept",
    differs: ["status", "certificates"],
    status: "enabled",
  });
  expect((await shown("m"))[0]?.etag).toBe(before?.etag);
  await enroll("delete m");
});

test("an ETag that is not the current one changes nothing, and is told", async () => {
  await enroll("group e --certificate intermediate.pem");
  const [old] = await shown("e");
  await enroll("group e --reprovision reset");
  for (const words of [
    `group e --reprovision never --if-match ${old?.etag}`,
    `disable e --if-match ${old?.etag}`,
  ])
    expect(await enroll(words)).toMatchObject({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringMatching(/changed by somebody else[^]*nothing was written[^]*hint: /),
    });
  expect(await enroll(`delete e --if-match ${old?.etag}`)).toMatchObject({ exitCode: 3 });
  expect((await shown("e"))[0]).toMatchObject({ reprovision: "reset", status: "enabled" });
  const [now] = await shown("e");
  expect(await enroll(`delete e --if-match ${now?.etag}`)).toMatchObject({ exitCode: 0 });
  expect(await enroll("group e --certificate other.pem --if-match x")).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining("does not exist, so it has no ETag"),
  });
});

test("keys go into a file for their owner, and nowhere else", async () => {
  const made = await enroll("group keys --symmetric-key --write-key made.key --json");
  expect(made).toMatchObject({ exitCode: 0 });
  const key = world.read("made.key").trim();
  expect(Buffer.from(key, "base64")).toHaveLength(64);
  expect(statSync(join(world.dir, "made.key")).mode & 0o777).toBe(0o600);
  const show = await enroll("show keys --json");
  for (const end of [made, show, await enroll("list --json")])
    expect(`${end.stdout}${end.stderr}`).not.toContain(key);
  // What else is changed leaves the key as it is.
  await enroll("group keys --reprovision reset");
  await enroll("disable keys");
  expect(await enroll("show keys --write-key made.key")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("a key is not overwritten"),
  });
  await enroll("show keys --write-key made.key --force");
  expect(world.read("made.key").trim()).toBe(key);
  await enroll("show keys --write-key derived.key --derive Cave-1");
  expect(world.read("derived.key").trim()).toBe(derivedDeviceKey(key, "cave-1"));
  for (const from of ["--key-file key.txt", "--key-env CAVES_KEY"]) {
    const env = { DPS_FLEET_EMULATOR: "emulator.json", CAVES_KEY: KEY };
    const end = await world.command(`enroll group given --symmetric-key ${from}`, env);
    expect(end).toMatchObject({ exitCode: 0 });
    expect(end.stdout).not.toContain(KEY);
  }
  const { responseBody } = await world.clients.dps.getEnrollmentGroupAttestationMechanism("given");
  expect(responseBody.symmetricKey?.primaryKey).toBe(KEY);
  await enroll("delete keys");
  await enroll("delete given");
});

test("a device is enrolled by its own leaf, with a device id of its own, and gets in", async () => {
  const leaf = await world.pki.leaf("cave-1");
  world.file("cave-1.pem", leaf.certificatePem);
  expect(
    await enroll(`device cave-1 --certificate cave-1.pem --device-id first --hub ${HUBS[0]}`),
  ).toMatchObject({ exitCode: 0, stdout: 'individual enrollment "cave-1": created\n' });
  expect((await register(world, "cave-1", leaf)).body).toContain('"deviceId":"first"');
  expect(await shown("cave-1 --kind individual")).toMatchObject([
    { kind: "individual", deviceId: "first", registrations: { byStatus: { assigned: 1 } } },
  ]);
  const text = (await enroll("show cave-1")).stdout;
  expect(text).toMatch(/registrations +1 \(1 assigned\)/);
  await enroll("delete cave-1");
});

test("a group and a device of one name are told apart", async () => {
  await enroll("group same --certificate intermediate.pem");
  await enroll("device same --symmetric-key");
  expect(await shown("same")).toMatchObject([{ kind: "group" }, { kind: "individual" }]);
  for (const words of ["disable same", "delete same", "show same --write-key k"])
    expect(await enroll(words)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--kind: expected group or individual"),
    });
  expect(existsSync(join(world.dir, "k"))).toBe(false);
  const end = await enroll("disable same --kind individual");
  expect(end).toMatchObject({ exitCode: 0 });
  expect(await enroll("delete same --kind individual")).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining("same is shut out by this entry"),
  });
  await enroll("delete same");
});

test("a webhook with a key in its query comes from a file, and is shown without it", async () => {
  const url = "https://hook.example/allocate?code=c2VjcmV0";
  const refused = await enroll(
    `group w --certificate root.pem --allocation custom --webhook ${url}`,
  );
  expect(refused).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("give --webhook-file"),
  });
  expect(refused.stderr).not.toContain("c2VjcmV0");
  world.file("hook.txt", url);
  await enroll("group w --certificate root.pem --allocation custom --webhook-file hook.txt");
  const end = await enroll("show w --json");
  expect(end.stdout).toContain('"webhook":"https://hook.example/allocate"');
  expect(end.stdout).not.toContain("c2VjcmV0");
  const { responseBody } = await world.clients.dps.getEnrollmentGroup("w");
  expect(responseBody.customAllocationDefinition?.webhookUrl).toBe(url);
  await enroll("group w --allocation hashed");
  expect((await shown("w"))[0]).toMatchObject({ allocation: "hashed", webhook: null });
  await enroll("delete w");
});
