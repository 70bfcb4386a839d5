import { createPrivateKey, X509Certificate } from "node:crypto";
import { rmSync } from "node:fs";

import { expect, test } from "vitest";

import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import { parseCertificates } from "../../src/pki/identity-check.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { writePfx } from "../../src/pki/pfx-write.ts";
import { Ledger } from "../../src/run/ledger.ts";
import { openEnrollments } from "../../src/service/enrollments.ts";
import type { TestCloud, TestShard } from "../support/fleet.ts";
import { deviceSpec, runShard, startTestCloud } from "../support/fleet.ts";
import { writeLeaf, writeTestFile } from "../support/pki.ts";
import { toldIn } from "../support/results.ts";
import { readAllEvents } from "./emulator-events.ts";
import { serviceClients } from "./emulator-service-clients.ts";

type Leaf = Awaited<ReturnType<TestCloud["pki"]["leaf"]>>;
type Told = Extract<DeviceEvent, { type: "certificate" }>;
const told =
  (deviceId: string, state: Told["state"]) =>
  (event: DeviceEvent): event is Told =>
    event.type === "certificate" && event.deviceId === deviceId && event.state === state;

const thumbprintOf = ({ certificatePem }: Leaf): string =>
  new X509Certificate(certificatePem).fingerprint.replaceAll(":", "");

async function knownAtHub(cloud: TestCloud, deviceId: string): Promise<string | undefined> {
  using clients = serviceClients(cloud);
  const { responseBody } = await clients.registry.get(deviceId);
  return responseBody.authentication?.x509Thumbprint?.primaryThumbprint ?? undefined;
}

const acked = (shard: TestShard, id: string, least: number) =>
  shard.row(id, (row) => row.acked >= least && row.state === "streaming");

/** Acknowledged and not ingested; nothing may be. */
async function missing(cloud: TestCloud, shard: TestShard, ids: readonly string[]) {
  await shard.stop();
  const ledger = new Ledger(ids);
  for (const line of await readAllEvents(cloud, "/events?select=ledger&from=earliest")) {
    ledger.ingest({
      deviceId: String(line["deviceId"]),
      boot: Number(line["boot"]),
      seq: Number(line["seq"]),
    });
  }
  const rows = await Promise.all(ids.map((id) => shard.row(id, () => true)));
  return ledger.close(toldIn(rows));
}

test("ten devices of a group roll at once: new thumbprints at the hub, and no message is missing", async () => {
  await using cloud = await startTestCloud();
  const ids = Array.from({ length: 10 }, (_, at) => `cave-${at}`);
  await cloud.issue(...ids);
  await using shard = await runShard(
    cloud,
    ids.map((id, index) => deviceSpec(id, { index })),
  );
  await Promise.all(ids.map((id) => acked(shard, id, 3)));
  const thumbprints = new Map<string, string>();
  for (const id of ids) {
    const leaf = await cloud.pki.leaf(id);
    writeLeaf(cloud.certsDir, id, leaf);
    thumbprints.set(id, thumbprintOf(leaf));
  }
  shard.identitiesChanged(...ids, "of-another-worker");
  for (const [id, thumbprint] of thumbprints) {
    expect(await shard.event(told(id, "inUse"))).toMatchObject({ thumbprint });
    expect(await knownAtHub(cloud, id)).toBe(thumbprint);
  }
  const then = await Promise.all(ids.map((id) => shard.row(id, () => true)));
  await Promise.all(then.map((row) => acked(shard, row.registrationId, row.acked + 3)));
  expect(await missing(cloud, shard, ids)).toMatchObject({
    missing: 0,
    duplicated: 0,
    outOfOrder: 0,
  });
  expect(shard.counter("certificate_rolled")).toBe(10);
  expect(shard.counter("connection_renewed")).toBe(10);
  expect(shard.counter("connection_lost")).toBe(0);
  expect(shard.counter("connection_reconnected")).toBe(0);
});

test("a device of an individual enrollment rolls once its new certificate is in the secondary slot", async () => {
  await using cloud = await startTestCloud({ group: false });
  const [old, renewed] = [await cloud.pki.leaf("cave-1"), await cloud.pki.leaf("cave-1")];
  const enrollments = await openEnrollments({
    connectionString: cloud.emulator.dpsConnectionString,
    source: "the test",
    route: {
      address: cloud.emulator.host,
      port: cloud.emulator.httpsPort,
      caPem: cloud.pki.root.certificatePem,
    },
  });
  const enroll = async (secondary?: Leaf): Promise<void> => {
    const clientCertificates = {
      primary: { certificate: old.certificatePem },
      ...(secondary && { secondary: { certificate: secondary.certificatePem } }),
    };
    const attestation = { type: "x509" as const, x509: { clientCertificates } };
    const document = { registrationId: "cave-1", attestation };
    await enrollments.put({ kind: "individual", id: "cave-1", document }, undefined);
  };
  await enroll();
  writeLeaf(cloud.certsDir, "cave-1", old);
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);
  await acked(shard, "cave-1", 2);

  writeLeaf(cloud.certsDir, "cave-1", renewed);
  shard.identitiesChanged("cave-1");
  const refused = await shard.event(told("cave-1", "refused"));
  expect(refused).toMatchObject({ thumbprint: thumbprintOf(renewed) });
  expect(refused.error).toMatch(/^DPS: /);
  expect(await knownAtHub(cloud, "cave-1")).toBe(thumbprintOf(old));
  const still = await shard.row("cave-1", () => true);
  await acked(shard, "cave-1", still.acked + 2);

  await enroll(renewed);
  await shard.event(told("cave-1", "inUse"));
  expect(await knownAtHub(cloud, "cave-1")).toBe(thumbprintOf(renewed));
  expect(await missing(cloud, shard, ["cave-1"])).toMatchObject({ missing: 0 });
  enrollments.close();
});

test("a new certificate that cannot be used changes nothing, and a good one after it is taken", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);
  await acked(shard, "cave-1", 2);
  const before = await knownAtHub(cloud, "cave-1");

  // The certificate of one pair with the key of another.
  const renewed = await cloud.pki.leaf("cave-1");
  const { privateKeyPem } = await cloud.pki.leaf("cave-1");
  writeLeaf(cloud.certsDir, "cave-1", { ...renewed, privateKeyPem });
  shard.identitiesChanged("cave-1");
  const refused = await shard.event(told("cave-1", "refused"));
  expect(refused.error).toContain("expected the private key of the certificate");
  const still = await acked(shard, "cave-1", 4);
  expect(still).toMatchObject({ reconnects: 0, attempts: 1, error: null });
  expect(await knownAtHub(cloud, "cave-1")).toBe(before);

  writeLeaf(cloud.certsDir, "cave-1", renewed);
  shard.identitiesChanged("cave-1");
  await shard.event(told("cave-1", "inUse"));
  expect(await knownAtHub(cloud, "cave-1")).toBe(thumbprintOf(renewed));
});

test("files that were touched, and hold what is in use, change nothing", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);
  const { acked: before } = await acked(shard, "cave-1", 2);
  shard.identitiesChanged("cave-1");
  await acked(shard, "cave-1", before + 3);
  await shard.stop();
  expect(shard.events.filter(({ type }) => type === "certificate")).toEqual([]);
  expect(shard.counter("registration_attempts")).toBe(1);
  expect(shard.counter("connection_opened")).toBe(1);
});

test("a device that is told while its hub is away connects with the new certificate", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);
  await acked(shard, "cave-1", 2);
  const fault = cloud.emulator.faults.inject({ kind: "hubGone" });
  await shard.event((event): event is DeviceEvent => event.type === "disconnection");
  const renewed = await cloud.pki.leaf("cave-1");
  writeLeaf(cloud.certsDir, "cave-1", renewed);
  shard.identitiesChanged("cave-1");
  await shard.event(told("cave-1", "found"));
  cloud.emulator.faults.remove(fault.id);
  await shard.event(told("cave-1", "inUse"));
  expect(await knownAtHub(cloud, "cave-1")).toBe(thumbprintOf(renewed));
});

test("a device that is told before its first connection is up loses nothing by it", async () => {
  await using cloud = await startTestCloud();
  await cloud.issue("cave-1");
  await using shard = await runShard(cloud, [deviceSpec("cave-1")]);
  await shard.event((event): event is DeviceEvent => event.type === "registration");
  const renewed = await cloud.pki.leaf("cave-1");
  writeLeaf(cloud.certsDir, "cave-1", renewed);
  shard.identitiesChanged("cave-1");
  await shard.event(told("cave-1", "inUse"));
  await acked(shard, "cave-1", 2);
  expect(await knownAtHub(cloud, "cave-1")).toBe(thumbprintOf(renewed));
  await shard.stop();
  for (const name of ["connection_failed", "connection_lost", "connection_reconnected"]) {
    expect({ [name]: shard.counter(name) }).toEqual({ [name]: 0 });
  }
});

test("a PFX is rolled too", async () => {
  await using cloud = await startTestCloud();
  const pfx = certsLayout(cloud.certsDir).leafPfx("cave-1");
  const put = async (): Promise<Leaf> => {
    const leaf = await cloud.pki.leaf("cave-1");
    const chain = parseCertificates(leaf.fullChainPem) ?? [];
    const key = createPrivateKey(leaf.privateKeyPem);
    writeTestFile(pfx, writePfx({ chain, key, password: "" }));
    return leaf;
  };
  await put();
  const spec = deviceSpec("cave-1", { credentials: { format: "pfx" } });
  await using shard = await runShard(cloud, [spec]);
  await acked(shard, "cave-1", 2);
  const renewed = await put();
  shard.identitiesChanged("cave-1");
  const inUse = await shard.event(told("cave-1", "inUse"));
  expect(inUse).toMatchObject({ thumbprint: thumbprintOf(renewed) });
  rmSync(pfx);
  shard.identitiesChanged("cave-1");
  expect((await shard.event(told("cave-1", "refused"))).error).toContain("got no file");
});
