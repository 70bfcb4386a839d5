import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newSymmetricKey } from "../../src/emulator/dps/symmetric-keys.ts";
import { issueIntermediate, issueRoot } from "../../src/pki/certificate.ts";
import type { AttestationWorld } from "./support/attestation-world.ts";
import { attestationWorld } from "./support/attestation-world.ts";
import { clientCertificates, signingCertificates, symmetricKeys } from "./support/entries.ts";

let world: AttestationWorld;
beforeAll(async () => {
  world = await attestationWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const INVALID = { result: { errorCode: 401002, message: "Invalid certificate." } };
const NO_CA = { result: { errorCode: 401002, message: "CA certificate not found." } };
/** What Microsoft's SDK makes of status 200 with `disabled`. */
const DISABLED = { name: "SyntaxError", message: "status is disabled" };

/** A leaf that signed itself, as makers of single devices have them. */
async function selfSigned(registrationId: string) {
  const { certificatePem, privateKeyPem } = await issueRoot({
    subject: registrationId,
    now: world.pki.now,
  });
  return { certificatePem, fullChainPem: certificatePem, privateKeyPem };
}

const thumbprintOf = (pem: string): string =>
  new X509Certificate(pem).fingerprint.replaceAll(":", "");

describe("X.509 individual enrollments (Microsoft Learn, X.509 certificate attestation)", () => {
  test("a device with a self-signed leaf is provisioned by its individual enrollment", async () => {
    await using my = world.entries();
    const id = my.name("self");
    const leaf = await selfSigned(id);
    await my.individual(id, clientCertificates(leaf.certificatePem));
    const result = await world.register(id, leaf);
    expect(result).toMatchObject({ status: "assigned", deviceId: id, registrationId: id });
    expect(result).toHaveProperty("x509", {});
  });

  test("the secondary certificate provisions as the primary does", async () => {
    await using my = world.entries();
    const id = my.name("second");
    const [old, next] = [await selfSigned(id), await selfSigned(id)];
    await my.individual(id, clientCertificates(old.certificatePem, next.certificatePem));
    for (const leaf of [old, next])
      expect(await world.register(id, leaf)).toMatchObject({ status: "assigned" });
  });

  test("a leaf that a CA issued is provisioned by its individual enrollment", async () => {
    await using my = world.entries();
    const id = my.name("issued");
    const leaf = await world.pki.leaf(id);
    await my.individual(id, clientCertificates(leaf.certificatePem));
    expect(await world.register(id, leaf)).toMatchObject({ status: "assigned" });
  });

  test("another certificate than the enrolled ones is refused with 401002", async () => {
    await using my = world.entries();
    const id = my.name("other");
    await my.individual(id, clientCertificates((await selfSigned(id)).certificatePem));
    await expect(world.register(id, await selfSigned(id))).rejects.toMatchObject(INVALID);
  });

  test("an expired certificate is refused although it is enrolled", async () => {
    await using my = world.entries();
    const id = my.name("expired");
    const day = 86_400_000;
    const leaf = await world.pki.leaf(id, {
      notBefore: new Date(world.pki.now.getTime() - 2 * day),
      notAfter: new Date(world.pki.now.getTime() - day),
    });
    await my.individual(id, clientCertificates(leaf.certificatePem));
    await expect(world.register(id, leaf)).rejects.toMatchObject(INVALID);
  });

  test("the device ID of an individual enrollment is used, where it is given", async () => {
    await using my = world.entries();
    const id = my.name("named");
    const leaf = await selfSigned(id);
    const deviceId = my.name("Device_of");
    await my.individual(id, clientCertificates(leaf.certificatePem), { deviceId });
    const result = await world.register(id, leaf);
    expect(result).toMatchObject({ status: "assigned", deviceId });
    const { responseBody } = await world.clients.registry.get(deviceId);
    expect(responseBody).toMatchObject({ deviceId });
  });

  // Microsoft Learn, "How to roll X.509 device certificates".
  test("a re-provisioned device's hub knows the new certificate and not the old one", async () => {
    await using my = world.entries();
    const id = my.name("rolled");
    const [old, next] = [await selfSigned(id), await selfSigned(id)];
    await my.individual(id, clientCertificates(old.certificatePem, next.certificatePem));
    for (const leaf of [old, next]) {
      await world.register(id, leaf);
      const { responseBody } = await world.clients.registry.get(id);
      const primaryThumbprint = thumbprintOf(leaf.certificatePem);
      expect(responseBody).toMatchObject({
        authentication: { type: "selfSigned", x509Thumbprint: { primaryThumbprint } },
      });
    }
  });
});

/** Groups of the intermediate and of the root; the twin tells which one applied. */
async function withGroups(my: ReturnType<AttestationWorld["entries"]>, disabled?: "intermediate") {
  const { root } = world.pki;
  const intermediate = await issueIntermediate({
    subject: my.name("intermediate"),
    signer: root,
    now: world.pki.now,
  });
  await my.group(my.name("above"), signingCertificates(root.certificatePem), by("root"));
  await my.group(my.name("near"), signingCertificates(intermediate.certificatePem), {
    ...by("intermediate"),
    ...(disabled === undefined ? {} : { provisioningStatus: "disabled" }),
  });
  return intermediate;
}
const by = (entry: string) => ({
  initialTwin: { tags: {}, properties: { desired: { by: entry } } },
});
const appliedTo = async (id: string): Promise<unknown> =>
  (await world.clients.registry.getTwin(id)).responseBody.properties.desired["by"];

describe("Which enrollment applies (Microsoft Learn, X.509 certificate attestation; How to disenroll or revoke a device)", () => {
  test("an individual enrollment is used before any group of the chain", async () => {
    await using my = world.entries();
    const signer = await withGroups(my);
    const id = my.name("own");
    const leaf = await world.pki.leaf(id, { signer });
    await my.individual(id, clientCertificates(leaf.certificatePem), by("individual"));
    await world.register(id, leaf);
    expect(await appliedTo(id)).toBe("individual");
  });

  test("the group of the nearest signing certificate is used before those above it", async () => {
    await using my = world.entries();
    const signer = await withGroups(my);
    const id = my.name("grouped");
    await world.register(id, await world.pki.leaf(id, { signer }));
    expect(await appliedTo(id)).toBe("intermediate");
  });

  test("a disabled group shuts out its devices, also where a group above it is enabled", async () => {
    await using my = world.entries();
    const signer = await withGroups(my, "intermediate");
    const id = my.name("batch");
    const leaf = await world.pki.leaf(id, { signer });
    await expect(world.register(id, leaf)).rejects.toMatchObject(DISABLED);
  });

  test("a disabled individual enrollment shuts out one device of an enabled group", async () => {
    await using my = world.entries();
    const signer = await withGroups(my);
    const [id, sibling] = [my.name("lost"), my.name("kept")];
    const leaf = await world.pki.leaf(id, { signer });
    const provisioningStatus = "disabled";
    await my.individual(id, clientCertificates(leaf.certificatePem), { provisioningStatus });
    await expect(world.register(id, leaf)).rejects.toMatchObject(DISABLED);
    const other = await world.pki.leaf(sibling, { signer });
    expect(await world.register(sibling, other)).toMatchObject({ status: "assigned" });
  });

  test("a disabled symmetric-key individual enrollment shuts out an X.509 device of the same id", async () => {
    await using my = world.entries();
    const signer = await withGroups(my);
    const id = my.name("barred");
    await my.individual(id, symmetricKeys(), { provisioningStatus: "disabled" });
    const leaf = await world.pki.leaf(id, { signer });
    await expect(world.register(id, leaf)).rejects.toMatchObject(DISABLED);
  });

  test("a device whose individual enrollment was deleted comes back in through its group", async () => {
    await using my = world.entries();
    const signer = await withGroups(my);
    const id = my.name("back");
    const leaf = await world.pki.leaf(id, { signer });
    const provisioningStatus = "disabled";
    await my.individual(id, clientCertificates(leaf.certificatePem), { provisioningStatus });
    await expect(world.register(id, leaf)).rejects.toMatchObject(DISABLED);
    await world.clients.dps.deleteIndividualEnrollment(id);
    expect(await world.register(id, leaf)).toMatchObject({ status: "assigned" });
  });

  test("a chain that leads to no enrollment is refused with 401002", async () => {
    await using my = world.entries();
    const id = my.name("nobody");
    const leaf = await world.pki.leaf(id, { signer: world.pki.otherRoot });
    await expect(world.register(id, leaf)).rejects.toMatchObject(NO_CA);
  });

  test("the secondary signing certificate of a group provisions as the primary does", async () => {
    await using my = world.entries();
    const { root, otherRoot } = world.pki;
    const both = signingCertificates(root.certificatePem, otherRoot.certificatePem);
    await my.group(my.name("rolling"), both);
    for (const signer of [root, otherRoot]) {
      const id = my.name(signer === root ? "old" : "new");
      const leaf = await world.pki.leaf(id, { signer });
      expect(await world.register(id, leaf)).toMatchObject({ status: "assigned" });
    }
  });

  test("an enabled X.509 enrollment opens to no symmetric key, and an enabled one with keys to no leaf", async () => {
    await using my = world.entries();
    const [x, k] = [my.name("x"), my.name("k")];
    await my.individual(x, clientCertificates((await selfSigned(x)).certificatePem));
    await my.individual(k, symmetricKeys());
    const secret = { symmetricKey: newSymmetricKey() };
    await expect(world.register(x, secret)).rejects.toMatchObject({
      result: { errorCode: 401000 },
    });
    await expect(world.register(k, await selfSigned(k))).rejects.toMatchObject(INVALID);
  });
});
