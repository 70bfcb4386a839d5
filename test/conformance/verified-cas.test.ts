import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueIntermediate } from "../../src/pki/certificate.ts";
import type { AttestationWorld } from "./support/attestation-world.ts";
import { attestationWorld } from "./support/attestation-world.ts";
import type { CaClient } from "./support/ca-certificates.ts";
import { OwnCas, caClientOf, caReferences } from "./support/ca-certificates.ts";
import { clientCertificates, signingCertificates } from "./support/entries.ts";
import { IS_LIVE } from "./support/target.ts";

let world: AttestationWorld;
let client: CaClient;
beforeAll(async () => {
  // As Azure always does it; an emulator that was started without it takes every signing certificate.
  world = await attestationWorld({ requireVerifiedCa: true });
  if (!IS_LIVE) client = caClientOf(world, "DPS");
});
afterAll(() => world[Symbol.asyncDispose]());

const NO_CA = { result: { errorCode: 401002, message: "CA certificate not found." } };
const ASSIGNED = { status: "assigned" };

/** root <- intermediate1 <- intermediate2 <- leaf, and what a device may send of it. */
async function longChain(registrationId: string) {
  const { root, intermediate: one, now } = { ...world.pki };
  const two = await issueIntermediate({ subject: "intermediate2", signer: one, now });
  const leaf = await world.pki.leaf(registrationId, { signer: two });
  const sending = (...above: readonly { readonly certificatePem: string }[]) => ({
    ...leaf,
    fullChainPem: [leaf, ...above].map((c) => c.certificatePem).join(""),
  });
  return { root, one, two, leaf, sending };
}

describe.skipIf(IS_LIVE)(
  "Verified CA certificates (Microsoft Learn, X.509 certificate attestation, DPS device chain requirements)",
  () => {
    test("a device of a group registers only once the signing certificate is verified", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("waiting");
      const leaf = await world.pki.leaf(id);
      const { certificatePem } = world.pki.intermediate;
      await my.group(my.name("waiting-group"), signingCertificates(certificatePem));
      await expect(world.register(id, leaf)).rejects.toMatchObject(NO_CA);
      const name = cas.name("uploaded");
      const { etag = "" } = await client.put(name, certificatePem);
      await expect(world.register(id, leaf)).rejects.toMatchObject(NO_CA);
      const asked = await client.newCode(name, etag);
      await expect(world.register(id, leaf)).rejects.toMatchObject(NO_CA);
      const proof = await cas.proof(asked, world.pki.intermediate);
      await client.verify(name, asked.etag ?? "", proof);
      expect(await world.register(id, leaf)).toMatchObject(ASSIGNED);
    });

    test("a signing certificate counts if it rolls up to a verified one", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("rolls-up");
      await cas.verified("root", world.pki.root);
      const { certificatePem } = world.pki.intermediate;
      await my.group(my.name("rolls-up-group"), signingCertificates(certificatePem));
      expect(await world.register(id, await world.pki.leaf(id))).toMatchObject(ASSIGNED);
    });

    test("a device must send its chain up to a certificate that is verified", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("chain");
      const { root, one, two, sending } = await longChain(id);
      await cas.verified("root", root);
      await my.group(my.name("chain-group"), signingCertificates(two.certificatePem));
      expect(await world.register(id, sending(two, one, root))).toMatchObject(ASSIGNED);
      for (const incomplete of [sending(two), sending(), sending(two, root)])
        await expect(world.register(id, incomplete)).rejects.toMatchObject(NO_CA);
    });

    test("the verified certificate itself may be left out of the chain", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("closed");
      const { root, one, two, sending } = await longChain(id);
      await cas.verified("root", root);
      await my.group(my.name("closed-group"), signingCertificates(two.certificatePem));
      expect(await world.register(id, sending(two, one))).toMatchObject(ASSIGNED);
    });

    test("a group that names a verified root takes leaves from anywhere below it, with their chain", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("below");
      const { root, one, two, sending } = await longChain(id);
      await my.group(my.name("below-group"), caReferences(await cas.verified("root", root)));
      await expect(world.register(id, sending(two))).rejects.toMatchObject(NO_CA);
      expect(await world.register(id, sending(two, one))).toMatchObject(ASSIGNED);
    });

    test("the chain of an individual enrollment must have a verified certificate, a self-contained leaf need not", async () => {
      await using cas = new OwnCas(client, world.pki);
      await using my = world.entries();
      const id = my.name("own");
      const { root, one, two, leaf, sending } = await longChain(id);
      await my.individual(id, clientCertificates(leaf.certificatePem));
      expect(await world.register(id, sending())).toMatchObject(ASSIGNED);
      await expect(world.register(id, sending(two, one, root))).rejects.toMatchObject(NO_CA);
      await cas.verified("one", one);
      expect(await world.register(id, sending(two, one, root))).toMatchObject(ASSIGNED);
    });

    test("a CA certificate that is deleted verifies nothing any more", async () => {
      await using my = world.entries();
      const id = my.name("gone");
      const { certificatePem } = world.pki.intermediate;
      await my.group(my.name("gone-group"), signingCertificates(certificatePem));
      const leaf = await world.pki.leaf(id);
      {
        await using cas = new OwnCas(client, world.pki);
        await cas.verified("gone", world.pki.root);
        expect(await world.register(id, leaf)).toMatchObject(ASSIGNED);
      }
      await expect(world.register(id, leaf)).rejects.toMatchObject(NO_CA);
    });
  },
);
