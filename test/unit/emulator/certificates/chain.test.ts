import { X509Certificate } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { leadsToVerified, parseChain } from "../../../../src/emulator/certificates/chain.ts";
import { issueIntermediate } from "../../../../src/pki/certificate.ts";
import type { TestPki } from "../../../support/pki.ts";
import { testPki } from "../../../support/pki.ts";

let pki: TestPki;
let chain: X509Certificate[];
beforeAll(async () => {
  pki = await testPki();
  const lower = await issueIntermediate({
    subject: "lower",
    signer: pki.intermediate,
    now: pki.now,
  });
  const leaf = await pki.leaf("dev", { signer: lower });
  chain = [leaf, lower, pki.intermediate, pki.root].map(
    (c) => new X509Certificate(c.certificatePem),
  );
});

const pick = (at: readonly number[]): X509Certificate[] =>
  at.flatMap((index) => chain[index] ?? []);
const leads = (shown: readonly number[], verified: readonly number[], laterMs = 0): boolean => {
  return leadsToVerified(pick(shown), {
    nowMs: pki.now.getTime() + laterMs,
    verifiedCas: pick(verified),
  });
};

test("a chain must be shown up to a certificate that a verified CA is, or has signed", () => {
  for (const verified of [1, 2, 3]) expect(leads([0, 1, 2, 3], [verified])).toBe(true);
  expect(leads([0], [1])).toBe(true);
  expect(leads([0, 1], [2])).toBe(true);
  expect(leads([0, 1], [3])).toBe(false);
  expect(leads([0, 1, 2], [3])).toBe(true);
  expect(leads([0, 2, 3], [3])).toBe(false);
});

test("no chain leads to a CA where none is verified, or after the end of its dates", () => {
  expect(leads([0, 1, 2, 3], [])).toBe(false);
  expect(leads([], [3])).toBe(false);
  expect(leads([0, 1, 2, 3], [3], 100 * 365 * 86_400_000)).toBe(false);
});

test("the leaf itself is no CA, even where it is verified", () => {
  expect(leads([0], [0])).toBe(false);
  expect(leads([0, 1], [0])).toBe(false);
});

test("bytes that are no certificate are no chain", () => {
  expect(parseChain([Buffer.from("no")])).toBeUndefined();
});
