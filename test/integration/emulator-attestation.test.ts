import { afterAll, beforeAll, expect, test } from "vitest";
import { issueIntermediate } from "../../src/pki/certificate.ts";
import { RESOURCE_GROUP, managementClients } from "../conformance/support/management.ts";
import { issueNarrow } from "../support/pki.ts";
import { enrollGroup, serviceClients } from "./emulator-service-clients.ts";
import type { DeviceKeys, TestEmulator } from "./emulator-wire.ts";
import {
  HUB,
  WireClient,
  connectPacket,
  emulatorForTest,
  hubUserName,
  openDps,
  openHub,
  register,
  registerOn,
} from "./emulator-wire.ts";

/** Its group is of the root: a device must show its intermediates. */
let world: TestEmulator;
beforeAll(async () => {
  world = await emulatorForTest();
  await enrollGroup(world, { id: "by-root", certificatePem: world.pki.root.certificatePem });
});
afterAll(() => world.emulator.stop());

const refusedWith = (message: string): unknown =>
  expect.objectContaining({ errorCode: 401002, message });
const NO_CA = refusedWith("CA certificate not found.");
const INVALID = refusedWith("Invalid certificate.");
const ASSIGNED: unknown = expect.objectContaining({ status: "assigned" });

async function answerTo(id: string, keys: DeviceKeys, emulator = world): Promise<unknown> {
  return JSON.parse((await register(emulator, id, keys)).body);
}

test("the chain is needed up to the group's certificate, without a gap", async () => {
  const leaf = await world.pki.leaf("t-1");
  expect(await answerTo("t-1", leaf)).toEqual(ASSIGNED);
  const { certificatePem } = leaf;
  const upToRoot = certificatePem + world.pki.intermediate.certificatePem;
  expect(await answerTo("t-1", { ...leaf, fullChainPem: upToRoot })).toEqual(ASSIGNED);
  const gap = certificatePem + world.pki.root.certificatePem;
  expect(await answerTo("t-1", { ...leaf, fullChainPem: gap })).toEqual(NO_CA);
  expect(await answerTo("t-1", { ...leaf, fullChainPem: certificatePem })).toEqual(NO_CA);
});

test("a leaf signed by another device's leaf is refused", async () => {
  const upper = await world.pki.leaf("t-2a");
  const signer = { ...world.pki.intermediate, ...upper, chainPem: upper.fullChainPem };
  expect(await answerTo("t-2", await world.pki.leaf("t-2", { signer }))).toEqual(NO_CA);
});

test("a CA of the same name as an enrolled one, made by a stranger, signs nothing here", async () => {
  const { now, otherRoot, root } = world.pki;
  const subject = "test intermediate";
  const alike = await issueIntermediate({ subject, signer: otherRoot, now });
  expect(await answerTo("t-3", await world.pki.leaf("t-3", { signer: alike }))).toEqual(NO_CA);
  // Even where the stranger shows the true root above it.
  const forged = { ...alike, chainPem: alike.certificatePem + root.certificatePem };
  expect(await answerTo("t-3", await world.pki.leaf("t-3", { signer: forged }))).toEqual(NO_CA);
});

test("an expired intermediate is refused", async () => {
  const { now, root } = world.pki;
  const signer = await issueIntermediate({
    subject: "expired",
    signer: root,
    now,
    notBefore: new Date(now.getTime() - 2 * 86_400_000),
    notAfter: new Date(now.getTime() - 86_400_000),
  });
  const leaf = await world.pki.leaf("t-4", { signer, notAfter: new Date(now.getTime() + 60_000) });
  expect(await answerTo("t-4", leaf)).toEqual(INVALID);
});

test("an intermediate below a CA whose path length is 0 is refused", async () => {
  const narrow = await issueNarrow(world.pki.root, 0);
  expect(await answerTo("t-5", await world.pki.leaf("t-5", { signer: narrow }))).toEqual(ASSIGNED);
  const { now } = world.pki;
  const signer = await issueIntermediate({ subject: "too deep", signer: narrow, now });
  expect(await answerTo("t-5b", await world.pki.leaf("t-5b", { signer }))).toEqual(INVALID);
});

test("a self-signed leaf leads nowhere", async () => {
  const { otherRoot } = world.pki;
  const self = await world.pki.leaf("t-6", { signer: otherRoot });
  expect(await answerTo("t-6", { ...self, fullChainPem: self.certificatePem })).toEqual(NO_CA);
});

test("the nearest group decides: a root's and an intermediate's, enabled and disabled", async () => {
  await using own = await emulatorForTest();
  const { root, otherRoot, now } = own.pki;
  using clients = serviceClients(own);
  const rootGroup = { id: "by-root", certificatePem: root.certificatePem };
  await enrollGroup(own, { ...rootGroup, desired: { by: "root" } });
  await enrollGroup(own, { id: "by-intermediate", desired: { by: "intermediate" } });
  const byOf = async (id: string): Promise<unknown> =>
    (await clients.registry.getTwin(id)).responseBody.properties.desired["by"];
  expect(await answerTo("t-7", await own.pki.leaf("t-7"), own)).toEqual(ASSIGNED);
  expect(await byOf("t-7")).toBe("intermediate");
  const sibling = await issueIntermediate({ subject: "sibling", signer: root, now });
  const underSibling = await own.pki.leaf("t-8", { signer: sibling });
  expect(await answerTo("t-8", underSibling, own)).toEqual(ASSIGNED);
  expect(await byOf("t-8")).toBe("root");

  await enrollGroup(own, { ...rootGroup, disabled: true });
  expect(await answerTo("t-9", await own.pki.leaf("t-9"), own)).toEqual(ASSIGNED);
  expect(await answerTo("t-8", underSibling, own)).toMatchObject({ status: "disabled" });

  // The secondary certificate of an entry counts as its primary does.
  const { certificatePem } = otherRoot;
  await enrollGroup(own, { id: "rolled", certificatePem, secondaryPem: sibling.certificatePem });
  expect(await answerTo("t-8", underSibling, own)).toEqual(ASSIGNED);
});

test("a resumed TLS session shows no chain, and the one it began with is remembered", async () => {
  const keys = await world.pki.leaf("t-10");
  const first = await openDps(world, "t-10", keys);
  const session = await first.session;
  await first[Symbol.asyncDispose]();
  await using again = await openDps(world, "t-10", keys, session);
  expect(again.isResumed).toBe(true);
  expect(JSON.parse((await registerOn(again)).body)).toEqual(ASSIGNED);
});

test("a resumed session of a stranger's leaf gets no further than the first one", async () => {
  const keys = await world.pki.leaf("t-11", { signer: world.pki.otherRoot });
  const first = await openDps(world, "t-11", keys);
  const session = await first.session;
  await first[Symbol.asyncDispose]();
  await using again = await openDps(world, "t-11", keys, session);
  expect(again.isResumed).toBe(true);
  expect(JSON.parse((await registerOn(again)).body)).toEqual(NO_CA);
});

test("a hub knows a device of a CA by its resumed session, which shows no chain", async () => {
  using clients = serviceClients(world);
  const { hubs } = managementClients({ ...world.emulator, ca: world.pki.root.certificatePem });
  const [hub = ""] = HUB.split(".");
  const certificate = world.pki.root.certificatePem;
  const properties = { certificate, isVerified: true };
  await hubs.certificates.createOrUpdate(RESOURCE_GROUP, hub, "root", { properties });
  await clients.registry.create({
    deviceId: "t-14",
    authentication: { type: "certificateAuthority" },
  });
  const keys = await world.pki.leaf("t-14");
  const first = await openHub(world, "t-14", keys);
  const session = await first.session;
  await first[Symbol.asyncDispose]();
  await using again = await WireClient.open(world, { servername: HUB, keys, session });
  again.send(connectPacket("t-14", hubUserName("t-14")));
  expect(await again.next()).toMatchObject({ cmd: "connack", returnCode: 0 });
  expect(again.isResumed).toBe(true);
});

test("a hub knows a device by its resumed session, and by that device's own leaf only", async () => {
  const keys = await world.pki.leaf("t-12");
  await register(world, "t-12", keys);
  const other = await world.pki.leaf("t-13");
  await register(world, "t-13", other);
  await using first = await WireClient.open(world, { servername: HUB, keys });
  first.send(connectPacket("t-12", hubUserName("t-12")));
  expect(await first.next()).toMatchObject({ returnCode: 0 });
  const session = await first.session;
  for (const [id, returnCode] of [
    ["t-12", 0],
    ["t-13", 5],
  ] as const) {
    // The keys of the other device beside the session of this one: the session's leaf counts.
    await using again = await WireClient.open(world, { servername: HUB, keys: other, session });
    expect(again.isResumed).toBe(true);
    again.send(connectPacket(id, hubUserName(id)));
    expect(await again.next()).toMatchObject({ returnCode });
  }
});
