import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  newVerificationCode,
  possessionProblem,
} from "../../../../src/emulator/certificates/possession.ts";
import { issueIntermediate } from "../../../../src/pki/certificate.ts";
import type { TestPki } from "../../../support/pki.ts";
import { testPki } from "../../../support/pki.ts";

const CODE = newVerificationCode("0c5d5b8e-6f0e-4a40-a8dc-51cbd9a2ff00");
let pki: TestPki;
let ca: X509Certificate;
beforeAll(async () => {
  pki = await testPki();
  ca = new X509Certificate(pki.root.certificatePem);
});

const proofOf = async (commonName: string, signer = pki.root): Promise<X509Certificate> =>
  new X509Certificate((await pki.leaf(commonName, { signer })).certificatePem);

test("a code is 48 upper-case hex digits, another one for each id", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (one, two) => {
      expect(newVerificationCode(one)).toMatch(/^[0-9A-F]{48}$/);
      expect(newVerificationCode(one) === newVerificationCode(two)).toBe(one === two);
    }),
  );
});

test("a certificate that the CA's key signed for the code shows possession, whatever kind of key it is for", async () => {
  expect(possessionProblem(await proofOf(CODE), { ca, code: CODE })).toBeUndefined();
  const rsa = await pki.leaf(CODE, { signer: pki.root, keyKind: "rsa2048" });
  const proof = new X509Certificate(rsa.certificatePem);
  expect(possessionProblem(proof, { ca, code: CODE })).toBeUndefined();
});

test("another name than the code's is told", async () => {
  for (const name of [CODE.toLowerCase(), `${CODE}0`, "cave-1"])
    expect(possessionProblem(await proofOf(name), { ca, code: CODE })).toBe(
      `its subject's common name is "${name}", expected the verification code`,
    );
});

test("a certificate that another key signed shows nothing, even one under the CA or of its name", async () => {
  const { subject } = ca;
  const commonName = /^CN=(.*)$/m.exec(subject)?.[1] ?? "";
  const double = await issueIntermediate({
    subject: commonName,
    signer: pki.otherRoot,
    now: pki.now,
  });
  for (const signer of [pki.intermediate, pki.otherRoot, double])
    expect(possessionProblem(await proofOf(CODE, signer), { ca, code: CODE })).toBe(
      "the private key of the CA certificate did not sign it",
    );
});
