import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { LEAF_DEFECTS } from "../../../src/base/leaf-defect.ts";
import { defectOf, issueDefectiveLeaf } from "../../../src/pki/defects.ts";
import { parseCertificates } from "../../../src/pki/identity-check.ts";
import { testPki } from "../../support/pki.ts";

const pki = await testPki();
const { now, intermediate: signer, root } = pki;
const DAY_MS = 86_400_000;

const issue = (defect: (typeof LEAF_DEFECTS)[number], registrationId = "d1", days?: number) =>
  issueDefectiveLeaf(defect, { registrationId, signer, now, days });
const leafOf = (pem: string) => new X509Certificate(pem);

test.for(LEAF_DEFECTS)("a leaf with the defect %s says so, and has its own key", async (defect) => {
  const { certificatePem, key } = await issue(defect);
  const leaf = leafOf(certificatePem);
  expect(defectOf(leaf.subject)).toBe(defect);
  expect(leaf.checkPrivateKey(key)).toBe(true);
});

test("a good leaf is no defective one, and neither is a stranger's unit", async () => {
  expect(defectOf(leafOf((await pki.leaf("d1")).certificatePem).subject)).toBeUndefined();
  expect(defectOf("OU=dps-fleet defect: charming\nCN=d1")).toBeUndefined();
  expect(defectOf("")).toBeUndefined();
});

test("each defect is the only thing that is wrong", async () => {
  for (const defect of LEAF_DEFECTS) {
    const { certificatePem, fullChainPem } = await issue(defect);
    const leaf = leafOf(certificatePem);
    const [, above] = parseCertificates(fullChainPem) ?? [];
    const signed = leaf.verify(leafOf(signer.certificatePem).publicKey);
    const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
    expect({
      expired: to < now.getTime(),
      "not-yet-valid": from > now.getTime(),
      "wrong-ca": above !== undefined && !signed && leaf.verify(above.publicKey),
      "wrong-cn": !leaf.subject.split("\n").includes("CN=d1"),
      "no-client-auth": !leaf.keyUsage.includes("1.3.6.1.5.5.7.3.2"),
      "self-signed": above === undefined,
      "broken-chain": above !== undefined && !leaf.verify(above.publicKey),
      "ca-as-leaf": leaf.ca,
      "weak-key": leaf.publicKey.asymmetricKeyDetails?.modulusLength === 1024,
    }).toEqual(Object.fromEntries(LEAF_DEFECTS.map((one) => [one, one === defect])));
  }
});

test("the stranger's CA has the right one's name, byte for byte, and another key", async () => {
  const [leaf, stranger, ...more] = parseCertificates((await issue("wrong-ca")).fullChainPem) ?? [];
  const right = leafOf(signer.certificatePem);
  expect(stranger?.subject).toBe(right.subject);
  expect(leaf?.issuer).toBe(right.subject);
  expect(leaf?.verify(right.publicKey)).toBe(false);
  expect(more).toEqual([]);
});

test("a broken chain goes on at the right CA, which did not sign the leaf", async () => {
  const chain = parseCertificates((await issue("broken-chain")).fullChainPem) ?? [];
  expect(chain.slice(1).map(({ subject }) => subject)).toEqual(
    [signer, root].map(({ certificatePem }) => leafOf(certificatePem).subject),
  );
});

test("another common name is another's, whatever the device is called", async () => {
  const { certificatePem } = await issue("wrong-cn", "another-device");
  expect(leafOf(certificatePem).subject).toContain("CN=not-another-device");
});

/** Days from now until the leaf ends. */
async function daysOf(defect: "wrong-cn" | "not-yet-valid", days: number): Promise<number> {
  const leaf = leafOf((await issue(defect, "d1", days)).certificatePem);
  return (Date.parse(leaf.validTo) - now.getTime()) / DAY_MS;
}

test("days bound a leaf whose dates are good, and follow the start of one that is not valid yet", async () => {
  expect(await daysOf("wrong-cn", 2)).toBeCloseTo(2, 3);
  expect(await daysOf("not-yet-valid", 2)).toBeCloseTo(3, 3);
});
