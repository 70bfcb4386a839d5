import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueIntermediate, issueRoot } from "../../src/pki/certificate.ts";
import type { AttestationWorld } from "./support/attestation-world.ts";
import { attestationWorld } from "./support/attestation-world.ts";
import type { CaClient } from "./support/ca-certificates.ts";
import { OwnCas, caClientOf, caReferences } from "./support/ca-certificates.ts";
import { signingCertificates } from "./support/entries.ts";
import { HAS_MANAGEMENT } from "./support/target.ts";

let world: AttestationWorld;
let client: CaClient;
beforeAll(async () => {
  world = await attestationWorld();
  if (HAS_MANAGEMENT) client = caClientOf(world, "DPS");
});
afterAll(() => world[Symbol.asyncDispose]());

const NO_CA = { result: { errorCode: 401002, message: "CA certificate not found." } };
const unfit = { name: "ArgumentError", response: { statusCode: 400 } };

/** A root that no other test has enrolled, with an intermediate and a leaf under it. */
async function family(registrationId: string) {
  const { now } = world.pki;
  const root = await issueRoot({ subject: `root of ${registrationId}`, now });
  const intermediate = await issueIntermediate({ subject: "between", signer: root, now });
  const leaf = await world.pki.leaf(registrationId, { signer: intermediate });
  return { root, intermediate, leaf };
}

describe.skipIf(!HAS_MANAGEMENT)(
  "CA references of enrollment groups (Microsoft Learn, X.509 certificate attestation; REST API)",
  () => {
    test("a group may name a verified CA certificate of the instance, and shows its name", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("named");
      const { root, leaf } = await family(id);
      const name = await cas.verified("named", root);
      const group = my.name("named-group");
      await my.group(group, caReferences(name));
      const { responseBody } = await world.clients.dps.getEnrollmentGroup(group);
      expect(responseBody.attestation).toEqual({
        type: "x509",
        x509: { caReferences: { primary: name } },
      });
      expect(await world.register(id, leaf)).toMatchObject({ status: "assigned", deviceId: id });
    });

    test("the secondary reference provisions as the primary does", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const [one, two] = [my.name("one"), my.name("two")];
      const [first, second] = [await family(one), await family(two)];
      const names = [
        await cas.verified("one", first.root),
        await cas.verified("two", second.intermediate),
      ] as const;
      await my.group(my.name("both"), caReferences(...names));
      expect(await world.register(one, first.leaf)).toMatchObject({ status: "assigned" });
      expect(await world.register(two, second.leaf)).toMatchObject({ status: "assigned" });
    });

    test("a certificate that is unverified, or not there, cannot be named", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const { root } = await family("nobody");
      const [name, group] = [cas.name("unverified"), my.name("unverified-group")];
      await expect(my.group(group, caReferences(name))).rejects.toMatchObject(unfit);
      await client.put(name, root.certificatePem);
      await expect(my.group(group, caReferences(name))).rejects.toMatchObject(unfit);
      const good = await cas.verified("good", root);
      await expect(my.group(group, caReferences(good, name))).rejects.toMatchObject(unfit);
      await my.group(group, caReferences(good));
    });

    test("a group takes no device while its CA certificate is not verified", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("rolled");
      const { root, leaf } = await family(id);
      const name = await cas.verified("rolled", root);
      await my.group(my.name("rolled-group"), caReferences(name));
      const { etag: ifMatch = "" } = await client.get(name);
      const unverified = { ifMatch, isVerified: false };
      const { etag = "" } = await client.put(name, root.certificatePem, unverified);
      await expect(world.register(id, leaf)).rejects.toMatchObject(NO_CA);
      await client.put(name, root.certificatePem, { ifMatch: etag, isVerified: true });
      expect(await world.register(id, leaf)).toMatchObject({ status: "assigned" });
    });

    test("the nearest signing certificate decides, whether a group holds or names it", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("nearest");
      const { root, intermediate, leaf } = await family(id);
      const name = await cas.verified("above", root);
      await my.group(my.name("above-group"), caReferences(name));
      const near = my.name("near-group");
      await my.group(near, signingCertificates(intermediate.certificatePem), {
        provisioningStatus: "disabled",
      });
      // What Microsoft's SDK makes of status 200 with `disabled`.
      await expect(world.register(id, leaf)).rejects.toMatchObject({
        message: "status is disabled",
      });
      await world.clients.dps.deleteEnrollmentGroup(near);
      expect(await world.register(id, leaf)).toMatchObject({ status: "assigned" });
    });

    test("a CA certificate that a group names cannot be deleted, and one group only names it", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const name = await cas.verified("used", (await family("used")).root);
      const group = my.name("using");
      await my.group(group, caReferences(name));
      const { etag = "" } = await client.get(name);
      await expect(client.remove(name, etag)).rejects.toMatchObject({
        statusCode: 409,
        code: "Conflict",
      });
      await expect(my.group(my.name("second"), caReferences(name))).rejects.toMatchObject({
        name: "DeviceAlreadyExistsError",
      });
      await world.clients.dps.deleteEnrollmentGroup(group);
      await client.remove(name, etag);
    });
  },
);
