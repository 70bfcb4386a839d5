import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { issueVerification } from "../../src/pki/certificate.ts";
import type { CertsStore } from "../support/certs-store.ts";
import { certsStore, leafAt } from "../support/certs-store.ts";
import type { TestPki } from "../support/pki.ts";
import { testPki, writeLeaf, writeTestFile } from "../support/pki.ts";

const days = (count: number): Date => new Date(Date.now() + count * 86_400_000);
const block = (label: string): string => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
const SECRETS = { WORD: "of the PFX", PASS: "of the key" };
let store: CertsStore;
let pki: TestPki;
beforeAll(async () => {
  store = certsStore();
  pki = await testPki();
  const { layout } = store;
  writeTestFile(layout.rootCert, pki.root.certificatePem);
  writeTestFile(layout.rootKey, pki.root.privateKeyPem);
  writeTestFile(layout.namedIntermediateCert("line"), pki.intermediate.certificatePem);
  await store.issue("cave");
  await store.certs("pfx cave --password-env WORD", SECRETS);
  await store.certs("renew cave");
  const put = async (id: string, options: Parameters<TestPki["leaf"]>[1] = {}) =>
    writeLeaf(layout.dir, id, await pki.leaf(id, { signer: pki.root, ...options }));
  await put("expired", { notBefore: days(-20), notAfter: days(-9.5) });
  await put("soon", { notAfter: days(7.5) });
  await put("later", { notBefore: days(5), notAfter: days(90) });
  await put("keyless", { signer: pki.intermediate });
  rmSync(layout.leafKey("keyless"));
  await put("foreign", { signer: pki.otherRoot });
  await put("wrong-key");
  writeTestFile(layout.leafKey("wrong-key"), readFileSync(layout.leafKey("soon")));
  writeLeaf(layout.dir, "named", await pki.leaf("otherwise", { signer: pki.root }));
  writeTestFile(layout.leafPfx("pfx-alone"), "opened by nobody");
  const proof = await issueVerification({ code: "C0DE", signer: pki.root, now: new Date() });
  writeTestFile(layout.verificationCert, proof.certificatePem);
});
afterAll(() => store[Symbol.dispose]());

test("the store is a tree: root, intermediates, leaves, and what is odd about them", async () => {
  const { exitCode, stdout, stderr } = await store.certs("show");
  expect([exitCode, stderr]).toEqual([0, ""]);
  const lines = stdout.split("\n");
  expect(lines[0]).toMatch(
    /^root: O=dps-fleet, CN=[^;]*; p256; until \S+ \(\d+ days left\); key not encrypted$/,
  );
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {2}line: .*CN=test intermediate; p256; until .*; key not here$/),
  );
  for (const line of [
    /^ {2}cave: p256; until .*; PFX; ! a renewed one waits to be confirmed$/,
    /^ {2}expired: p256; EXPIRED on \S+ \(9 days ago\)$/,
    /^ {2}soon: p256; EXPIRING on \S+ \(7 days left\)$/,
    /^ {2}later: p256; NOT VALID before \S+, until \S+$/,
    /^ {2}wrong-key: .*; ! its key is another certificate's$/,
    /^ {2}named: .*; ! its common name is another$/,
    /^ {4}keyless: .*; ! no private key$/,
    /^signed by no CA of this store$/,
    /^ {2}foreign: .*; ! no CA of this store signed it$/,
    /^ {2}pfx-alone: a PFX alone$/,
    /^verification certificate for C0DE, until /,
  ])
    expect(lines).toContainEqual(expect.stringMatching(line));
});

test("with --json everything is told, by stable names", async () => {
  const survey: unknown = JSON.parse((await store.certs("show --json")).stdout);
  const { layout } = store;
  const leaf = leafAt(layout.leafCert("cave"));
  expect(survey).toMatchObject({
    dir: layout.dir,
    cas: [
      { name: "root", signedBy: null, key: { file: layout.rootKey, state: "plain" } },
      { name: "line", signedBy: "root", leaves: 1, key: { state: "missing" } },
    ],
    verification: { file: layout.verificationCert, certificate: { commonName: "C0DE" } },
    problems: [],
  });
  expect(survey).toHaveProperty(
    "leaves",
    expect.arrayContaining([
      {
        id: "cave",
        certificate: {
          subject: "CN=cave",
          issuer: expect.stringContaining("O=dps-fleet"),
          validFrom: new Date(leaf.validFrom).toISOString(),
          validTo: new Date(leaf.validTo).toISOString(),
          keyKind: "p256",
          thumbprints: {
            sha1: leaf.fingerprint.replaceAll(":", ""),
            sha256: leaf.fingerprint256.replaceAll(":", ""),
          },
          commonName: "cave",
          isCa: false,
          isSelfSigned: false,
          state: "valid",
          daysLeft: 364,
        },
        certFile: layout.leafCert("cave"),
        chainFile: layout.leafFullChain("cave"),
        pfxFile: layout.leafPfx("cave"),
        key: { file: layout.leafKey("cave"), state: "plain" },
        signedBy: "root",
        renewal: {
          certificate: expect.objectContaining({ subject: "CN=cave" }),
          certFile: layout.renewedCert("cave"),
          chainFile: layout.renewedFullChain("cave"),
          key: { file: layout.renewedKey("cave"), state: "plain" },
        },
        olderFiles: [],
        findings: ["renewalPending"],
      },
      expect.objectContaining({ id: "expired", findings: ["expired"] }),
      expect.objectContaining({ id: "pfx-alone", certificate: null, findings: [] }),
    ]),
  );
});

test("a device is shown with its files, thumbprints, what is pending, and its chain", async () => {
  const { stdout } = await store.certs("show cave");
  const leaf = leafAt(store.layout.leafCert("cave"));
  expect(stdout).toMatch(
    /^cave: certificate of a device\n {2}certificate {3}certs\/cave\.cert\.pem, certs\/cave-full/,
  );
  expect(stdout).toContain(`SHA-1         ${leaf.fingerprint.replaceAll(":", "")}\n`);
  expect(stdout).toContain(`SHA-256       ${leaf.fingerprint256.replaceAll(":", "")}\n`);
  expect(stdout).toMatch(
    /renewal {7}certs\/cave\.renewed\.cert\.pem, until [^]*certs renew cave --confirm/,
  );
  expect(stdout).toMatch(
    /chain\n {2}1 CN=cave;[^\n]*\n {2}2 O=dps-fleet, CN=[^\n]*\(root\); until [^\n]*\n$/,
  );
  await store.certs("renew cave --confirm --password-env WORD", SECRETS);
  const shown = JSON.parse((await store.certs("show cave --json")).stdout);
  expect(shown).toMatchObject({ kind: "leaf", renewal: null, findings: [] });
  expect(shown.olderFiles).toHaveLength(3);
  await store.certs("renew cave");
});

test("a CA is shown with what it signed here", async () => {
  expect((await store.certs("show line")).stdout).toMatch(
    /^line: CA\n[^]*\(not here\)\n {2}has signed {4}1 leaf: keyless\n[^]*chain\n {2}1 [^\n]*\(line\)[^\n]*\n {2}2 [^\n]*\(root\)/,
  );
  const { stdout } = await store.certs("show root --json");
  expect(JSON.parse(stdout)).toMatchObject({ kind: "ca", signedCas: ["line"] });
});

test("files are shown whoever made them: a chain, DER, a key beside, a PFX with its password", async () => {
  const { layout, path } = store;
  const file = (name: string, content: string | Uint8Array) =>
    writeTestFile(join(path, name), content);
  const stranger = await pki.leaf("stranger", { signer: pki.otherRoot });
  file("leaf.pem", `${stranger.certificatePem}${stranger.privateKeyPem}`);
  expect((await store.certs("show leaf.pem")).stdout).toMatch(
    /^leaf\.pem: PEM, chain of 1 certificate\n {2}key {11}in the file \(not encrypted\)\n[^]*CN=stranger;[^\n]*! its signer is missing\n$/,
  );
  file("root.der", leafAt(layout.rootCert).raw);
  expect((await store.certs("show root.der")).stdout).toMatch(/^root\.der: DER, chain of 1 /);
  file("copy.pfx", readFileSync(layout.leafPfx("cave")));
  expect(await store.certs("show copy.pfx --password-env WORD", SECRETS)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^copy\.pfx: PFX, chain of 2 certificates\n[^]*device {8}cave\n/),
  });
  const { chainPem } = pki.intermediate;
  file("broken.pem", stranger.certificatePem + chainPem);
  expect((await store.certs("show broken.pem")).stdout).toMatch(
    /CN=stranger;[^\n]*! the next one did not sign it\n/,
  );
});

test.each([
  [
    "show nobody",
    /nobody: expected a device or a CA of the store, or a file[^]*hint: certs show alone/,
  ],
  ["show garbage", /garbage: expected certificates or a private key[^]*got something else/],
  ["show request.pem", /request\.pem: [^]*got CERTIFICATE REQUEST/],
  ["show damaged.pem", /damaged\.pem: [^]*got a damaged certificate/],
  ["show certs/cave-full-chain.cert.pfx", /expected a password, got none[^]*--password-env/],
  ["show certs", /expected a file that can be read, got: it is a folder/],
])("%s ends with 2 and what to do", async (words, said) => {
  writeTestFile(join(store.path, "garbage"), "garbage");
  writeTestFile(join(store.path, "request.pem"), block("CERTIFICATE REQUEST"));
  writeTestFile(join(store.path, "damaged.pem"), block("CERTIFICATE"));
  expect(await store.certs(words)).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(said),
  });
});

test("many leaves are counted, with their range, and the odd ones named", async () => {
  using many = certsStore();
  const { layout } = many;
  writeTestFile(layout.rootCert, pki.root.certificatePem);
  for (let at = 1; at <= 12; at += 1) {
    const keyKind = at === 12 ? "p384" : "p256";
    writeLeaf(layout.dir, `d${at}`, await pki.leaf(`d${at}`, { signer: pki.root, keyKind }));
    if (at > 3 && at < 11) rmSync(layout.leafKey(`d${at}`));
  }
  const { stdout } = await many.certs("show");
  expect(stdout).toMatch(
    /\n {2}12 leaves, d1 to d12; p256, p384; until \d{4}-\d\d-\d\d\n {4}! no private key: 7 leaves, d4, d5, d6, d7, d8 and 2 more\n$/,
  );
});

test("an empty store says how to begin, and nothing is made", async () => {
  using empty = certsStore();
  expect(await empty.certs("show")).toEqual({
    exitCode: 0,
    stdout: "certs holds no certificates; certs root makes a first one\n",
    stderr: "",
  });
});
