import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueRoot } from "../../src/pki/certificate.ts";
import { OwnCas, caClientOf } from "./support/ca-certificates.ts";
import type { Target } from "./support/target.ts";
import { HAS_MANAGEMENT, conformanceTarget } from "./support/target.ts";

let target: Target;
beforeAll(async () => {
  target = await conformanceTarget();
});
afterAll(() => target[Symbol.asyncDispose]());

const KINDS = [["DPS"], ["hub"]] as const;
const refused = (statusCode: number, code: string) => ({ name: "RestError", statusCode, code });
const BAD = refused(400, "ArgumentInvalid");
const STALE = refused(412, "PreconditionFailed");

describe.skipIf(!HAS_MANAGEMENT)(
  "Proof of possession (Microsoft Learn, How to verify X.509 CA certificates)",
  () => {
    test.for(KINDS)("an uploaded CA certificate of the %s is unverified", async ([of]) => {
      const client = caClientOf(target, of);
      await using cas = new OwnCas(client, target.pki);
      const name = cas.name("uploaded");
      const { certificatePem } = target.pki.root;
      await client.put(name, certificatePem);
      const wanted = {
        name,
        etag: expect.any(String),
        properties: {
          isVerified: false,
          thumbprint: new X509Certificate(certificatePem).fingerprint.replaceAll(":", ""),
        },
      };
      expect(await client.get(name)).toMatchObject(wanted);
      const listed = (await client.list()).find((ca) => ca.name === name);
      expect(listed).toMatchObject(wanted);
    });

    test.for(KINDS)(
      "a CA certificate of the %s is verified by a certificate that its key signed for the code",
      async ([of]) => {
        const client = caClientOf(target, of);
        await using cas = new OwnCas(client, target.pki);
        const name = await cas.verified("proved", target.pki.root);
        expect(await client.get(name)).toMatchObject({ properties: { isVerified: true } });
      },
    );

    test.for(KINDS)("a code of the %s is answered with what it is for", async ([of]) => {
      const client = caClientOf(target, of);
      await using cas = new OwnCas(client, target.pki);
      const name = cas.name("asked");
      const { etag = "" } = await client.put(name, target.pki.root.certificatePem);
      const asked = await client.newCode(name, etag);
      expect(asked).toMatchObject({
        name,
        properties: {
          isVerified: false,
          subject: expect.stringContaining("CN="),
          verificationCode: expect.stringMatching(/^[0-9A-F]{48}$/),
        },
      });
      expect(asked.etag).not.toBe(etag);
    });

    test.for(KINDS)(
      "at the %s a verification certificate of another key, or for another code, proves nothing",
      async ([of]) => {
        const client = caClientOf(target, of);
        await using cas = new OwnCas(client, target.pki);
        const { root, otherRoot, intermediate } = target.pki;
        const name = cas.name("forged");
        const { etag: first = "" } = await client.put(name, root.certificatePem);
        const stale = await cas.proof(await client.newCode(name, first), root);
        const asked = await client.newCode(name, (await client.get(name)).etag ?? "");
        const { etag = "" } = asked;
        for (const proof of [
          stale,
          await cas.proof(asked, otherRoot),
          await cas.proof(asked, intermediate),
          root.certificatePem,
          "no certificate",
        ])
          await expect(client.verify(name, etag, proof)).rejects.toMatchObject(BAD);
        expect(await client.get(name)).toMatchObject({ etag, properties: { isVerified: false } });
        await client.verify(name, etag, await cas.proof(asked, root));
      },
    );

    test.for(KINDS)("a code of the %s is good for one proof", async ([of]) => {
      const client = caClientOf(target, of);
      await using cas = new OwnCas(client, target.pki);
      const name = cas.name("once");
      const { etag = "" } = await client.put(name, target.pki.root.certificatePem);
      const asked = await client.newCode(name, etag);
      const proof = await cas.proof(asked, target.pki.root);
      const { etag: next = "" } = await client.verify(name, asked.etag ?? "", proof);
      await expect(client.verify(name, next, proof)).rejects.toMatchObject(BAD);
    });

    test.for(KINDS)(
      "whoever uploads a CA certificate to the %s may say that it is verified",
      async ([of]) => {
        const client = caClientOf(target, of);
        await using cas = new OwnCas(client, target.pki);
        const name = cas.name("vouched");
        await client.put(name, target.pki.root.certificatePem, { isVerified: true });
        expect(await client.get(name)).toMatchObject({ properties: { isVerified: true } });
      },
    );

    test.for(KINDS)(
      "a CA certificate of the %s that is replaced by another must be verified anew",
      async ([of]) => {
        const client = caClientOf(target, of);
        await using cas = new OwnCas(client, target.pki);
        const name = await cas.verified("replaced", target.pki.root);
        const { etag: ifMatch = "" } = await client.get(name);
        const { certificatePem } = await issueRoot({ subject: "next", now: target.pki.now });
        const replaced = await client.put(name, certificatePem, { ifMatch });
        expect(replaced).toMatchObject({ properties: { isVerified: false } });
      },
    );
  },
);

describe.skipIf(!HAS_MANAGEMENT)("CA certificates (Microsoft's REST reference)", () => {
  test.for(KINDS)("a write at the %s with a stale ETag is refused", async ([of]) => {
    const client = caClientOf(target, of);
    await using cas = new OwnCas(client, target.pki);
    const { certificatePem } = target.pki.root;
    const name = cas.name("stale");
    const { etag: ifMatch = "" } = await client.put(name, certificatePem);
    const asked = await client.newCode(name, ifMatch);
    const proof = await cas.proof(asked, target.pki.root);
    for (const act of [
      () => client.put(name, certificatePem, { ifMatch, isVerified: true }),
      () => client.newCode(name, ifMatch),
      () => client.verify(name, ifMatch, proof),
      () => client.remove(name, ifMatch),
    ])
      await expect(act()).rejects.toMatchObject(STALE);
    expect(await client.get(name)).toMatchObject({ properties: { isVerified: false } });
  });

  test.for(KINDS)("a certificate that the %s does not have is ResourceNotFound", async ([of]) => {
    const client = caClientOf(target, of);
    await using cas = new OwnCas(client, target.pki);
    const name = cas.name("nobody");
    const missing = refused(404, "ResourceNotFound");
    await expect(client.get(name)).rejects.toMatchObject(missing);
    await expect(client.newCode(name, "*")).rejects.toMatchObject(missing);
    await expect(client.verify(name, "*", "x")).rejects.toMatchObject(BAD);
  });

  test.for(KINDS)("what is no CA certificate is not uploaded to the %s", async ([of]) => {
    const client = caClientOf(target, of);
    await using cas = new OwnCas(client, target.pki);
    const name = cas.name("leaf");
    const leaf = await target.pki.leaf("leaf");
    for (const pem of [leaf.certificatePem, leaf.privateKeyPem, "no certificate"])
      await expect(client.put(name, pem)).rejects.toMatchObject(BAD);
  });
});
