import { X509Certificate, createPrivateKey } from "node:crypto";
import { expect, test } from "vitest";
import { issueEmulatorServer } from "../../../src/pki/emulator-server.ts";
import { issueEmulatorCa } from "../../../src/pki/emulator-ca.ts";

test("an emulator has a good and an expired certificate of the same CA, names and key", async () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const signer = await issueEmulatorCa(now);
  const names = ["my-hub.azure-devices.net", "127.0.0.1"];
  const server = await issueEmulatorServer({ names, signer, now });
  const key = createPrivateKey(server.privateKeyPem);
  const ca = new X509Certificate(signer.certificatePem);
  const pems = [server.certificatePem, server.expiredCertificatePem];
  const certificates = pems.map((pem) => new X509Certificate(pem));
  for (const certificate of certificates) {
    expect(certificate.checkPrivateKey(key)).toBe(true);
    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkHost("my-hub.azure-devices.net")).toBeDefined();
    expect(certificate.checkIP("127.0.0.1")).toBeDefined();
  }
  const [good = 0, expired = 0] = certificates.map(({ validTo }) => Date.parse(validTo));
  expect([good > now.getTime(), expired - now.getTime()]).toEqual([true, -86_400_000]);
});
