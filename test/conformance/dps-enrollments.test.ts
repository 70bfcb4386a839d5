import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import type { AttestationWorld } from "./support/attestation-world.ts";
import { attestationWorld } from "./support/attestation-world.ts";
import { clientCertificates, signingCertificates, symmetricKeys } from "./support/entries.ts";

let world: AttestationWorld;
beforeAll(async () => {
  world = await attestationWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const status = (statusCode: number, errorCode?: number) => ({
  response: { statusCode },
  ...(errorCode === undefined
    ? {}
    : { responseBody: expect.stringContaining(`"errorCode":${errorCode}`) }),
});

describe("Individual enrollments (REST API of the DPS service, 2021-10-01)", () => {
  test("an individual enrollment is created, read, replaced and deleted", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const id = my.name("crud");
    const leaf = await world.pki.leaf(id);
    const more = {
      deviceId: my.name("crud-device"),
      initialTwin: { tags: { site: "cave" }, properties: { desired: { fan: "on" } } },
      capabilities: { iotEdge: true },
      optionalDeviceInformation: { shelf: 3 },
      reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: false },
    };
    const created = await my.individual(id, clientCertificates(leaf.certificatePem), more);
    const { responseBody: read } = await dps.getIndividualEnrollment(id.toUpperCase());
    expect(read).toEqual(created);
    expect(read).toMatchObject({
      ...more,
      registrationId: id,
      provisioningStatus: "enabled",
      createdDateTimeUtc: expect.stringMatching(/Z$/),
      etag: expect.any(String),
    });
    const { responseBody: written } = await dps.createOrUpdateIndividualEnrollment({
      ...read,
      provisioningStatus: "disabled",
    });
    expect(written).toMatchObject({ ...more, provisioningStatus: "disabled" });
    expect(written.createdDateTimeUtc).toBe(read.createdDateTimeUtc);
    await dps.deleteIndividualEnrollment(id);
    await expect(dps.getIndividualEnrollment(id)).rejects.toMatchObject(status(404, 404201));
    await expect(dps.deleteIndividualEnrollment(id)).rejects.toMatchObject(status(404, 404201));
  });

  test("an enrollment shows what its certificates say", async () => {
    await using my = world.entries();
    const id = my.name("info");
    const { certificatePem } = await world.pki.leaf(id);
    const base64Der = new X509Certificate(certificatePem).raw.toString("base64");
    const { attestation } = await my.individual(id, clientCertificates(base64Der, certificatePem));
    const info = {
      subjectName: expect.stringContaining(`CN=${id}`),
      issuerName: expect.stringContaining("CN=test intermediate"),
      sha1Thumbprint: new X509Certificate(certificatePem).fingerprint.replaceAll(":", ""),
      notAfterUtc: expect.stringMatching(/Z$/),
      version: 3,
    };
    expect(attestation).toMatchObject({
      type: "x509",
      x509: { clientCertificates: { primary: { info }, secondary: { info } } },
    });
    const { dps } = world.clients;
    const { responseBody } = await dps.getIndividualEnrollmentAttestationMechanism(id);
    expect(responseBody).toEqual(attestation);
  });

  test("its registration state is there after the first registration, and outlives the enrollment", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const id = my.name("state");
    const symmetricKey = newSymmetricKey();
    const made = await my.individual(id, symmetricKeys(symmetricKey, newSymmetricKey()));
    expect(made).not.toHaveProperty("registrationState");
    await world.register(id, { symmetricKey });
    const { responseBody } = await dps.getIndividualEnrollment(id);
    const state = { registrationId: id, status: "assigned", substatus: "initialAssignment" };
    expect(responseBody).toMatchObject({ registrationState: state });
    await dps.deleteIndividualEnrollment(id);
    expect((await dps.getDeviceRegistrationState(id)).responseBody).toMatchObject(state);
    await dps.deleteDeviceRegistrationState(id);
    await expect(dps.getDeviceRegistrationState(id)).rejects.toMatchObject(status(404, 404202));
  });

  test("the identity in the hub has the initial twin and the capabilities of the enrollment", async () => {
    await using my = world.entries();
    const id = my.name("twin");
    const symmetricKey = newSymmetricKey();
    await my.individual(id, symmetricKeys(symmetricKey, newSymmetricKey()), {
      initialTwin: { tags: { row: 7 }, properties: { desired: { fan: "off" } } },
      capabilities: { iotEdge: true },
    });
    await world.register(id, { symmetricKey });
    const { responseBody } = await world.clients.registry.getTwin(id);
    expect(responseBody).toMatchObject({
      tags: { row: 7 },
      properties: { desired: { fan: "off" } },
      capabilities: { iotEdge: true },
      authenticationType: "sas",
    });
  });
});

describe("Keys (Microsoft Learn, Symmetric key attestation)", () => {
  test("keys that are left out, or empty, are generated, 64 bytes long", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const [id, group] = [my.name("keys"), my.name("group-keys")];
    await my.individual(id, symmetricKeys("", ""));
    await my.group(group, { type: "symmetricKey" });
    for (const { responseBody } of [
      await dps.getIndividualEnrollmentAttestationMechanism(id),
      await dps.getEnrollmentGroupAttestationMechanism(group),
    ]) {
      const { primaryKey = "", secondaryKey = "" } = responseBody.symmetricKey ?? {};
      expect(primaryKey).not.toBe(secondaryKey);
      for (const key of [primaryKey, secondaryKey])
        expect(Buffer.from(key, "base64")).toHaveLength(64);
    }
  });

  test("keys are told by attestationmechanism only, and an entry put back without them keeps them", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const id = my.name("hidden");
    const keys = { primaryKey: newSymmetricKey(), secondaryKey: newSymmetricKey() };
    const made = await my.individual(id, symmetricKeys(keys.primaryKey, keys.secondaryKey));
    const { responseBody: read } = await dps.getIndividualEnrollment(id);
    for (const shown of [made, read])
      for (const key of Object.values(keys)) expect(JSON.stringify(shown)).not.toContain(key);
    await dps.createOrUpdateIndividualEnrollment(read);
    const { responseBody } = await dps.getIndividualEnrollmentAttestationMechanism(id);
    expect(responseBody).toEqual({ type: "symmetricKey", symmetricKey: keys });
  });

  test.for([
    ["shorter than 16 bytes", Buffer.alloc(15, 1).toString("base64")],
    ["longer than 64 bytes", Buffer.alloc(65, 1).toString("base64")],
    ["no base64", "a key of some words, long enough!"],
  ] as const)("a key that is %s is refused with 400", async ([, key]) => {
    await using my = world.entries();
    await expect(my.individual(my.name("bad"), symmetricKeys(key))).rejects.toMatchObject({
      name: "ArgumentError",
      ...status(400),
    });
  });
});

describe("ETags (REST API of the DPS service)", () => {
  test("a write without If-Match replaces what is there, and one with a stale ETag is refused", async () => {
    await using my = world.entries();
    const { dps } = world.clients;
    const [id, group] = [my.name("tag"), my.name("tag-group")];
    const first = await my.individual(id, symmetricKeys());
    const second = await my.individual(id, symmetricKeys());
    expect(second.etag).not.toBe(first.etag);
    const stale = { name: "InvalidEtagError", ...status(412) };
    await expect(dps.createOrUpdateIndividualEnrollment(first)).rejects.toMatchObject(stale);
    await expect(dps.deleteIndividualEnrollment(id, first.etag)).rejects.toMatchObject(stale);
    await dps.deleteIndividualEnrollment(id, `"${second.etag}"`);

    const before = await my.group(group, symmetricKeys());
    await my.group(group, symmetricKeys(), { etag: "*" });
    await expect(dps.createOrUpdateEnrollmentGroup(before)).rejects.toMatchObject(stale);
    const missing = my.group(my.name("missing"), symmetricKeys(), { etag: "*" });
    await expect(missing).rejects.toMatchObject(stale);
  });
});

describe("What an enrollment may hold (Microsoft Learn, X.509 certificate attestation; REST API)", () => {
  test("a certificate is in one enrollment entry only, of either kind", async () => {
    await using my = world.entries();
    const { certificatePem } = world.pki.otherRoot;
    await my.group(my.name("first"), signingCertificates(certificatePem));
    await expect(
      my.group(my.name("second"), signingCertificates(certificatePem)),
    ).rejects.toMatchObject({ name: "DeviceAlreadyExistsError", ...status(409, 409202) });
    await expect(
      my.individual(my.name("third"), clientCertificates(certificatePem)),
    ).rejects.toMatchObject(status(409, 409201));
  });

  test("what does not fit is refused with 400, and what this emulator has not, with 501", async () => {
    await using my = world.entries();
    const id = my.name("unfit");
    const leaf = (await world.pki.leaf(id)).certificatePem;
    const { certificatePem } = world.pki.root;
    const x509 = { type: "x509" };
    for (const [attestation, more] of [
      [{ ...x509, x509: {} }],
      [{ ...x509, x509: { clientCertificates: {} } }],
      [clientCertificates("no certificate")],
      [signingCertificates(certificatePem)],
      [{ ...x509, x509: { caReferences: { primary: "ca" } } }],
      [{ ...clientCertificates(leaf), symmetricKey: {} }],
      [{ type: "none" }],
      [{ type: "password" }],
      [clientCertificates(leaf), { deviceId: "no spaces here" }],
      [clientCertificates(leaf), { unknown: 1 }],
      [clientCertificates(leaf), { iotHubs: ["elsewhere.azure-devices.net"] }],
      [clientCertificates(leaf), { allocationPolicy: "static", iotHubs: [] }],
      [clientCertificates(leaf), { initialTwin: { tags: 1 } }],
    ] as const)
      await expect(my.individual(id, attestation, more)).rejects.toMatchObject(status(400, 400004));
    for (const attestation of [clientCertificates(certificatePem), signingCertificates(leaf)])
      await expect(my.group(id, attestation)).rejects.toMatchObject(status(400, 400004));
    const tpm = { type: "tpm", tpm: { endorsementKey: "AAAA" } };
    await expect(my.individual(id, tpm)).rejects.toMatchObject(status(501));
  });
});
