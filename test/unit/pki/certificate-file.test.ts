import { X509Certificate } from "node:crypto";
import { join } from "node:path";

import { beforeAll, expect, test } from "vitest";

import { readCertificateFile } from "../../../src/pki/certificate-file.ts";
import type { TestPki } from "../../support/pki.ts";
import { temporaryDir, testPki, writeTestFile } from "../../support/pki.ts";
import { refusal } from "../../support/refusal.ts";

let pki: TestPki;
beforeAll(async () => {
  pki = await testPki();
});

test("a certificate is read as PEM, as DER, and beside a key", () => {
  using dir = temporaryDir();
  const { certificatePem, privateKeyPem } = pki.root;
  const wanted = new X509Certificate(certificatePem);
  for (const content of [certificatePem, wanted.raw, privateKeyPem + certificatePem]) {
    writeTestFile(join(dir.path, "ca.pem"), content);
    expect(readCertificateFile("ca.pem", dir.path).fingerprint256).toBe(wanted.fingerprint256);
  }
});

test("a file of something else is told with what it holds, and nothing of its content is shown", async () => {
  using dir = temporaryDir();
  const { certificatePem, privateKeyPem } = pki.root;
  const damaged = certificatePem.replace(/MII.{20}/, "MIIAAAA");
  for (const [content, found] of [
    [privateKeyPem, "got a private key"],
    [pki.intermediate.chainPem, "got 2 of them"],
    ["text", "got something else"],
    ["", "got something else"],
    [damaged, "got a damaged one"],
  ] as const) {
    writeTestFile(join(dir.path, "ca.pem"), content);
    const error = await refusal(
      Promise.resolve().then(() => readCertificateFile("ca.pem", dir.path)),
    );
    expect(error).toMatchObject({
      code: "FILE_INVALID",
      message: `ca.pem: expected one certificate in PEM or DER, ${found}`,
      hint: expect.any(String),
    });
    const said = [error.message, error.hint, ...error.problems.map((p) => p.message)].join("\n");
    expect(said).not.toContain(privateKeyPem.split("\n")[1]);
  }
  const missing = await refusal(
    Promise.resolve().then(() => readCertificateFile("nowhere.pem", dir.path)),
  );
  expect(missing.message).toContain("got no file");
});
