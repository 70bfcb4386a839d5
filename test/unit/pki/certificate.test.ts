import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FleetError } from "../../../src/base/errors.ts";
import {
  issueIntermediate,
  issueLeaf,
  issueRoot,
  issueServer,
  issueVerification,
} from "../../../src/pki/certificate.ts";
import { generateKey, KEY_KINDS, keyKindOf } from "../../../src/pki/key-kind.ts";
import { certificateBlocks } from "../../../src/pki/pem.ts";
import { hasOpenssl, openssl } from "../../support/openssl.ts";
import { temporaryDir, testPki, writeTestFile } from "../../support/pki.ts";

const now = new Date("2026-03-01T12:00:00Z");
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

test("a leaf chains over the intermediate to the root, and names its device", async () => {
  const pki = await testPki(now);
  const issued = await pki.leaf("cheesecave-device1");
  const [leaf, intermediate, root, ...more] = certificateBlocks(issued.fullChainPem).map(
    (pem) => new X509Certificate(pem),
  );
  expect(more).toEqual([]);
  expect(leaf?.subject).toBe("CN=cheesecave-device1");
  expect(leaf?.ca).toBe(false);
  expect(leaf?.keyUsage).toEqual([CLIENT_AUTH]);
  expect(intermediate && leaf?.checkIssued(intermediate)).toBe(true);
  expect(intermediate && leaf?.verify(intermediate.publicKey)).toBe(true);
  expect(root && intermediate?.verify(root.publicKey)).toBe(true);
  expect(root && root.verify(root.publicKey)).toBe(true);
  expect(intermediate?.ca).toBe(true);
  expect(leaf?.checkPrivateKey(issued.key)).toBe(true);
});

test("a leaf holds from five minutes before it is made, and never longer than its signer", async () => {
  const root = await issueRoot({ now, days: 10 });
  const { certificatePem } = await issueLeaf({ registrationId: "a", signer: root, now });
  const leaf = new X509Certificate(certificatePem);
  expect(new Date(leaf.validFrom)).toEqual(new Date("2026-03-01T11:55:00Z"));
  expect(new Date(leaf.validTo)).toEqual(new Date("2026-03-11T12:00:00Z"));
});

test("a certificate may end after 2049, where the encoding of times changes", async () => {
  const root = await issueRoot({ now, days: 365 * 40 });
  expect(new Date(new X509Certificate(root.certificatePem).validTo).getUTCFullYear()).toBe(2066);
});

test("serial numbers are 16 octets, positive, and differ", async () => {
  const pki = await testPki(now);
  const serials = await Promise.all(
    ["a", "b", "c"].map(
      async (id) => new X509Certificate((await pki.leaf(id)).certificatePem).serialNumber,
    ),
  );
  expect(new Set(serials).size).toBe(3);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
});

test("a common name of 65 characters is refused with a hint", async () => {
  const pki = await testPki(now);
  const refused = pki.leaf("x".repeat(65));
  await expect(refused).rejects.toThrow("expected 1 to 64 characters, got 65");
  await expect(refused).rejects.toSatisfy(
    (error) => error instanceof FleetError && error.code === "CERTIFICATE_INVALID" && !!error.hint,
  );
});

test("every id of up to 64 characters comes back as the common name", async () => {
  const pki = await testPki(now);
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9._:%-]{1,64}$/), async (id) => {
      const { certificatePem } = await pki.leaf(id);
      expect(new X509Certificate(certificatePem).subject).toBe(`CN=${id}`);
    }),
    { numRuns: 30 },
  );
});

test("an existing key is certified as it is", async () => {
  const pki = await testPki(now);
  const { privateKey } = await generateKey("p384");
  const issued = await issueLeaf({
    registrationId: "a",
    signer: pki.intermediate,
    now,
    key: privateKey,
  });
  expect(new X509Certificate(issued.certificatePem).checkPrivateKey(privateKey)).toBe(true);
});

test("a verification certificate carries the code of any text up to 64 characters", async () => {
  const pki = await testPki(now);
  const { certificatePem } = await issueVerification({ code: "Käse 7/3", signer: pki.root, now });
  const certificate = new X509Certificate(certificatePem);
  expect(certificate.subject).toBe("CN=Käse 7/3");
  expect(certificate.verify(new X509Certificate(pki.root.certificatePem).publicKey)).toBe(true);
});

test("a server certificate holds for its names and addresses, and is for servers only", async () => {
  const pki = await testPki(now);
  const { chainPem } = await pki.server(["hub.azure-devices.net", "127.0.0.1", "::1"]);
  const server = new X509Certificate(chainPem);
  expect(server.checkHost("hub.azure-devices.net")).toBe("hub.azure-devices.net");
  expect(server.checkHost("other.azure-devices.net")).toBeUndefined();
  expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(server.subjectAltName).toContain("0:0:0:0:0:0:0:1");
  expect(server.keyUsage).toEqual([SERVER_AUTH]);
});

test.each(KEY_KINDS)("a tree and a leaf of %s verify", async (keyKind) => {
  // One RSA 4096 key takes seconds on a slow machine: the root does for the whole tree.
  const { privateKey } = await generateKey(keyKind);
  const root = await issueRoot({ now, key: privateKey });
  const leaf = await issueLeaf({ registrationId: "a", signer: root, now, key: privateKey });
  const rootKey = new X509Certificate(root.certificatePem).publicKey;
  expect(new X509Certificate(leaf.certificatePem).verify(rootKey)).toBe(true);
  expect(keyKindOf(new X509Certificate(leaf.certificatePem).publicKey)).toBe(keyKind);
});

test.skipIf(!hasOpenssl)(
  "openssl accepts chains of all signer kinds under -x509_strict",
  async () => {
    await using dir = temporaryDir();
    for (const [signerKind, leafKind] of [
      ["p256", "p256"],
      ["p384", "rsa2048"],
      ["rsa2048", "p384"],
    ] as const) {
      const root = await issueRoot({ now: new Date(), keyKind: signerKind });
      const signer = await issueIntermediate({
        subject: "intermediate",
        signer: root,
        keyKind: signerKind,
        now: new Date(),
      });
      const leaf = await issueLeaf({
        registrationId: "dev:1",
        signer,
        keyKind: leafKind,
        now: new Date(),
      });
      const rootFile = writeTestFile(join(dir.path, "root.pem"), root.certificatePem);
      const chainFile = writeTestFile(join(dir.path, "chain.pem"), signer.chainPem);
      const leafFile = writeTestFile(join(dir.path, "leaf.pem"), leaf.certificatePem);
      const verdict = openssl("verify -x509_strict -purpose sslclient", [
        "-CAfile",
        rootFile,
        "-untrusted",
        chainFile,
        leafFile,
      ]);
      expect(verdict.trim()).toBe(`${leafFile}: OK`);
      const text = openssl("x509 -noout -text -in", [leafFile]);
      expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
      expect(text).toMatch(
        leafKind === "rsa2048"
          ? /Key Usage: critical\s+Digital Signature, Key Encipherment\n/
          : /Key Usage: critical\s+Digital Signature\n/,
      );
      const caText = openssl("x509 -noout -text -in", [chainFile]);
      expect(caText).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
      expect(caText).toMatch(/Basic Constraints: critical\s+CA:TRUE/);
      for (const shown of [text, caText]) {
        expect(shown).toContain("X509v3 Subject Key Identifier");
        expect(shown).toContain("X509v3 Authority Key Identifier");
      }
    }
  },
);

test.skipIf(!hasOpenssl)("openssl holds a server to the name constraints of its CA", async () => {
  await using dir = temporaryDir();
  const root = await issueRoot({
    now: new Date(),
    nameConstraints: { dns: ["azure-devices.net", "localhost"], ip: ["127.0.0.0/8", "::1/128"] },
  });
  const rootFile = writeTestFile(join(dir.path, "root.pem"), root.certificatePem);
  const verdictOn = async (...names: string[]): Promise<string> => {
    const server = await issueServer({ names, signer: root, now: new Date() });
    const file = writeTestFile(join(dir.path, "server.pem"), server.chainPem);
    try {
      return openssl("verify -x509_strict -purpose sslserver -CAfile", [rootFile, file]);
    } catch (error) {
      return String(error);
    }
  };
  expect(await verdictOn("hub.azure-devices.net", "localhost", "127.0.0.9", "::1")).toContain("OK");
  expect(await verdictOn("127.0.0.1")).toContain("OK");
  expect(await verdictOn("example.com")).toContain("permitted subtree violation");
  expect(await verdictOn("10.0.0.1")).toContain("permitted subtree violation");
});
