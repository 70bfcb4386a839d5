import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  certificateInfo,
  parseCertificateText,
} from "../../../../src/emulator/certificates/certificate-text.ts";
import { testPki } from "../../../support/pki.ts";

test("a certificate is read as PEM, as base64 of its DER and as base64 of its PEM", async () => {
  const { root } = await testPki();
  const wanted = new X509Certificate(root.certificatePem);
  for (const text of [
    root.certificatePem,
    wanted.raw.toString("base64"),
    Buffer.from(root.certificatePem).toString("base64"),
  ])
    expect(parseCertificateText(text)?.fingerprint256).toBe(wanted.fingerprint256);
  expect(certificateInfo(wanted)).toMatchObject({
    sha1Thumbprint: wanted.fingerprint.replaceAll(":", ""),
    version: 3,
  });
});

test("any other text is no certificate, and never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseCertificateText(text)).toBeUndefined();
    }),
  );
  expect(parseCertificateText("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")).toBe(
    undefined,
  );
});
