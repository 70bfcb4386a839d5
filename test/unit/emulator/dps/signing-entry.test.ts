import { X509Certificate } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { findSigningEntry } from "../../../../src/emulator/dps/signing-entry.ts";
import { issueIntermediate } from "../../../../src/pki/certificate.ts";
import type { TestPki } from "../../../support/pki.ts";
import { issueNarrow, testPki } from "../../../support/pki.ts";

let pki: TestPki;
beforeAll(async () => {
  pki = await testPki();
});

const NO_CA = { found: undefined, message: "CA certificate not found." };
const INVALID = { found: undefined, message: "Invalid certificate." };

const chainOf = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? []).map((c) => new X509Certificate(c));
const entry = (name: string, ...pems: string[]) => ({
  name,
  certificates: pems.map((pem) => new X509Certificate(pem)),
});

function nameFound(
  chain: X509Certificate[],
  entries: ReturnType<typeof entry>[],
  verifiedCas?: X509Certificate[],
): unknown {
  const verdict = findSigningEntry(chain, entries, { nowMs: pki.now.getTime(), verifiedCas });
  return verdict.found === undefined ? verdict : verdict.found.name;
}

test("the entry nearest to the leaf is found, whatever the order of the entries", async () => {
  const chain = chainOf((await pki.leaf("a")).fullChainPem);
  const root = entry("root", pki.root.certificatePem);
  const intermediate = entry("intermediate", pki.intermediate.certificatePem);
  expect(nameFound(chain, [root, intermediate])).toBe("intermediate");
  expect(nameFound(chain, [root])).toBe("root");
  expect(
    nameFound(chain, [entry("two", pki.otherRoot.certificatePem, pki.root.certificatePem)]),
  ).toBe("two");
});

test("without an entry, and with a stranger's only, no CA is found", async () => {
  const chain = chainOf((await pki.leaf("a")).fullChainPem);
  expect(nameFound(chain, [])).toEqual(NO_CA);
  expect(nameFound(chain, [entry("other", pki.otherRoot.certificatePem)])).toEqual(NO_CA);
});

test("a CA of the same name and another key has signed nothing", async () => {
  const double = await issueIntermediate({
    subject: "test intermediate",
    signer: pki.root,
    now: pki.now,
  });
  const chain = chainOf((await pki.leaf("a")).fullChainPem);
  expect(nameFound(chain, [entry("double", double.certificatePem)])).toEqual(NO_CA);
  const [leaf] = chain;
  const forged = [...(leaf === undefined ? [] : [leaf]), ...chainOf(double.chainPem)];
  expect(nameFound(forged, [entry("root", pki.root.certificatePem)])).toEqual(NO_CA);
});

test("a leaf that signed another leaf is no CA", async () => {
  const chain = chainOf((await pki.leaf("a")).fullChainPem);
  const leafPem = (await pki.leaf("a")).certificatePem;
  expect(nameFound(chain, [entry("leaf", leafPem)])).toEqual(NO_CA);
});

test("a leaf under another leaf is refused, with the signing leaf in the chain", async () => {
  const upper = await pki.leaf("a");
  const signer = { ...pki.intermediate, ...upper, chainPem: upper.fullChainPem };
  const chain = chainOf((await pki.leaf("b", { signer })).fullChainPem);
  const entries = [entry("intermediate", pki.intermediate.certificatePem)];
  expect(nameFound(chain, entries)).toEqual(NO_CA);
});

test("a gap in the chain, and a chain in another order, lead to no entry above it", async () => {
  const [leaf, intermediate, root] = chainOf((await pki.leaf("a")).fullChainPem);
  if (leaf === undefined || intermediate === undefined || root === undefined) throw new Error();
  const entries = [entry("root", pki.root.certificatePem)];
  expect(nameFound([leaf, intermediate], entries)).toBe("root");
  expect(nameFound([leaf, root], entries)).toEqual(NO_CA);
  expect(nameFound([leaf], entries)).toEqual(NO_CA);
  expect(nameFound([leaf, root, intermediate], entries)).toEqual(NO_CA);
  expect(nameFound([], entries)).toEqual(INVALID);
});

test("a CA signs no further down than its path length says, as a group's and above it", async () => {
  const narrow = await issueNarrow(pki.root, 0);
  const entries = [entry("narrow", narrow.certificatePem)];
  const under = chainOf((await pki.leaf("a", { signer: narrow })).fullChainPem);
  expect(nameFound(under, entries)).toBe("narrow");
  const below = await issueIntermediate({ subject: "below", signer: narrow, now: pki.now });
  const chain = chainOf((await pki.leaf("a", { signer: below })).fullChainPem);
  expect(nameFound(chain, entries)).toEqual(INVALID);
  expect(nameFound(chain, [entry("root", pki.root.certificatePem)])).toEqual(INVALID);
  const belowEntry = [entry("below", below.certificatePem)];
  expect(nameFound(chain, belowEntry)).toBe("below");
  expect(nameFound(chain, belowEntry, [new X509Certificate(narrow.certificatePem)])).toEqual(NO_CA);
  expect(nameFound(chain, belowEntry, [new X509Certificate(pki.root.certificatePem)])).toEqual(
    NO_CA,
  );
});

test("a rolled CA of one key signs by whichever of its certificates holds", async () => {
  const ended = {
    notBefore: new Date(pki.now.getTime() - 2 * 86_400_000),
    notAfter: new Date(pki.now.getTime() - 86_400_000),
  };
  const { key } = pki.intermediate;
  const subject = "test intermediate";
  const old = await issueIntermediate({ subject, signer: pki.root, now: pki.now, key, ...ended });
  const chain = chainOf((await pki.leaf("a")).certificatePem);
  const rolled = [entry("rolled", old.certificatePem, pki.intermediate.certificatePem)];
  expect(nameFound(chain, rolled)).toBe("rolled");
  expect(nameFound(chain, [entry("old", old.certificatePem)])).toEqual(INVALID);
});

test("certificates out of their dates are invalid, of the leaf and above it", async () => {
  const dayMs = 86_400_000;
  const ended = {
    notBefore: new Date(pki.now.getTime() - 2 * dayMs),
    notAfter: new Date(pki.now.getTime() - dayMs),
  };
  const old = chainOf((await pki.leaf("a", ended)).fullChainPem);
  const entries = [entry("intermediate", pki.intermediate.certificatePem)];
  expect(nameFound(old, entries)).toEqual(INVALID);
  const oldCa = await issueIntermediate({
    subject: "old",
    signer: pki.root,
    now: pki.now,
    ...ended,
  });
  const under = chainOf((await pki.leaf("a", { signer: oldCa })).fullChainPem);
  expect(nameFound(under, [entry("root", pki.root.certificatePem)])).toEqual(INVALID);
});

test("where verified CAs are wanted, the entry must be one or lead up to one", async () => {
  const chain = chainOf((await pki.leaf("a")).fullChainPem);
  const entries = [entry("intermediate", pki.intermediate.certificatePem)];
  const root = new X509Certificate(pki.root.certificatePem);
  const other = new X509Certificate(pki.otherRoot.certificatePem);
  expect(nameFound(chain, entries, [root])).toBe("intermediate");
  expect(nameFound(chain, entries, [new X509Certificate(pki.intermediate.certificatePem)])).toBe(
    "intermediate",
  );
  expect(nameFound(chain, entries, [other])).toEqual(NO_CA);
});
