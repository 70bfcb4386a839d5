import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { confirmRenewals } from "../../src/pki/confirm-renewal.ts";
import { certificateBlocks } from "../../src/pki/pem.ts";
import { isLegacyPfx } from "../../src/pki/pfx-encrypt.ts";
import { readPfx } from "../../src/pki/pfx-read.ts";
import type { CertsStore } from "../support/certs-store.ts";
import { certsStore, keptAs, keyAt, leafAt } from "../support/certs-store.ts";
import { runHere } from "../support/cli.ts";
import { hasOpenssl, openssl } from "../support/openssl.ts";
import { testPki, writeLeaf, writeTestFile } from "../support/pki.ts";

let store: CertsStore;
beforeEach(async () => {
  store = certsStore();
  await store.issue("a");
});
afterEach(() => store[Symbol.dispose]());

const SECRETS = { WORD: "of the PFX", PASS: "of the key" };

test("a renewed pair waits beside the old one, which stays as it is", async () => {
  const before = [store.layout.leafCert("a"), store.layout.leafKey("a")].map((file) =>
    readFileSync(file, "utf8"),
  );
  const end = await store.certs("renew a --json", SECRETS);
  expect(end).toMatchObject({ exitCode: 0, stderr: "" });
  const renewed = leafAt(store.layout.renewedCert("a"));
  expect(JSON.parse(end.stdout)).toEqual([
    {
      id: "a",
      done: "renewed",
      certFile: store.layout.renewedCert("a"),
      chainFile: store.layout.renewedFullChain("a"),
      keyFile: store.layout.renewedKey("a"),
      thumbprints: {
        sha1: renewed.fingerprint.replaceAll(":", ""),
        sha256: renewed.fingerprint256.replaceAll(":", ""),
      },
      validTo: new Date(renewed.validTo).toISOString(),
    },
  ]);
  expect(basename(store.layout.renewedKey("a"))).toBe("a.renewed.key.pem");
  expect(statSync(store.layout.renewedKey("a")).mode & 0o777).toBe(0o600);
  expect(renewed.subject).toBe("CN=a");
  expect(renewed.checkPrivateKey(keyAt(store.layout.renewedKey("a")))).toBe(true);
  expect(renewed.publicKey.equals(leafAt(store.layout.leafCert("a")).publicKey)).toBe(false);
  expect(certificateBlocks(readFileSync(store.layout.renewedFullChain("a"), "utf8"))).toHaveLength(
    3,
  );
  expect(
    [store.layout.leafCert("a"), store.layout.leafKey("a")].map((file) =>
      readFileSync(file, "utf8"),
    ),
  ).toEqual(before);
  // Asked again, it is kept; --force makes another one.
  expect((await store.certs("renew a", SECRETS)).stdout).toContain("a: is pending already");
  expect(leafAt(store.layout.renewedCert("a")).fingerprint).toBe(renewed.fingerprint);
  await store.certs("renew a --force --key p384 --days 9", SECRETS);
  const forced = leafAt(store.layout.renewedCert("a"));
  expect(forced.publicKey.asymmetricKeyDetails?.namedCurve).toBe("secp384r1");
  expect(Date.parse(forced.validTo) - Date.now()).toBeLessThan(9 * 86_400_000);
  expect(await store.certs("renew a", SECRETS)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/to be of kind p256, got p384[^]*hint: --force/),
  });
});

test.skipIf(!hasOpenssl)("openssl verifies the renewed leaf", async () => {
  await store.certs("renew a", SECRETS);
  const { rootCert, intermediateCert } = store.layout;
  const chain = [rootCert, "-untrusted", intermediateCert, store.layout.renewedCert("a")];
  const said = openssl("verify -x509_strict -purpose sslclient -CAfile", chain);
  expect(said).toContain("OK");
});

test("confirmed, the new pair and its PFX are in place, and the old ones are kept", async () => {
  await store.certs("pfx a --password-env WORD --legacy", SECRETS);
  const old = { leaf: leafAt(store.layout.leafCert("a")), key: keyAt(store.layout.leafKey("a")) };
  await store.certs("renew a", SECRETS);
  const renewed = leafAt(store.layout.renewedCert("a"));
  const before = store.text();
  expect(await store.certs("renew a --confirm", SECRETS)).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /a-full-chain\.cert\.pfx: expected a password[^]*hint: [^]*--password-env/,
    ),
  });
  expect(store.text()).toBe(before);

  const end = await store.certs("renew a --confirm --password-env WORD", SECRETS);
  expect(end).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^a: in place, certs\/a\.cert\.pem, [^]*pfx; the old one is certs\/a\./,
    ),
  });
  expect(leafAt(store.layout.leafCert("a")).fingerprint).toBe(renewed.fingerprint);
  expect(leafAt(store.layout.leafFullChain("a")).fingerprint).toBe(renewed.fingerprint);
  const key = keyAt(store.layout.leafKey("a"));
  expect(renewed.checkPrivateKey(key)).toBe(true);
  expect(statSync(store.layout.leafKey("a")).mode & 0o777).toBe(0o600);
  const pfx = readFileSync(store.layout.leafPfx("a"));
  const content = readPfx(pfx, { file: "a", password: SECRETS.WORD });
  expect(content.chain.map(({ fingerprint }) => fingerprint)[0]).toBe(renewed.fingerprint);
  expect([content.key.equals(key), isLegacyPfx(pfx)]).toEqual([true, true]);
  // What was there.
  expect(leafAt(keptAs(store.layout.leafCert("a"), old.leaf)).fingerprint).toBe(
    old.leaf.fingerprint,
  );
  expect(keyAt(keptAs(store.layout.leafKey("a"), old.leaf)).equals(old.key)).toBe(true);
  expect(existsSync(keptAs(store.layout.leafPfx("a"), old.leaf))).toBe(true);
  expect(store.text()).not.toContain(".renewed");
  expect(await store.certs("renew a --confirm --password-env WORD", SECRETS)).toMatchObject({
    exitCode: 0,
    stdout: "a: nothing was pending, in place is certs/a.cert.pem\n",
  });
});

test("what is pending can be given up", async () => {
  const before = store.text();
  await store.certs("renew a", SECRETS);
  expect(await store.certs("renew a b --discard", SECRETS)).toMatchObject({
    exitCode: 0,
    stdout: "a: discarded\nb: nothing was pending\n",
  });
  expect(store.text()).toBe(before);
});

test("a device with an encrypted key gets another one, encrypted too", async () => {
  await store.issue("locked", SECRETS.PASS);
  expect(await store.certs("renew locked", SECRETS)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/locked\.key\.pem: expected the passphrase[^]*--passphrase-env/),
  });
  expect(await store.certs("renew a locked --passphrase-env PASS", SECRETS)).toMatchObject({
    exitCode: 0,
  });
  expect(readFileSync(store.layout.renewedKey("a"), "utf8")).toContain("BEGIN PRIVATE KEY");
  expect(readFileSync(store.layout.renewedKey("locked"), "utf8")).toContain(
    "BEGIN ENCRYPTED PRIVATE KEY",
  );
  expect((await store.certs("renew locked --confirm", SECRETS)).stderr).toContain(
    "got an encrypted one",
  );
  const end = await store.certs("renew a locked --confirm --passphrase-env PASS", SECRETS);
  expect(end).toMatchObject({ exitCode: 0 });
  expect(end.stdout + end.stderr).not.toContain(SECRETS.PASS);
  expect(
    leafAt(store.layout.leafCert("locked")).checkPrivateKey(
      keyAt(store.layout.leafKey("locked"), SECRETS.PASS),
    ),
  ).toBe(true);
});

test("with a problem anywhere nothing is written, and all of them are told", async () => {
  const pki = await testPki();
  writeLeaf(store.layout.dir, "foreign", await pki.leaf("foreign", { signer: pki.otherRoot }));
  writeLeaf(store.layout.dir, "named", await pki.leaf("otherwise"));
  writeTestFile(store.layout.leafCert("garbage"), "hello");
  const before = store.text();
  const end = await store.certs("renew a foreign named garbage nobody", SECRETS);
  expect(end).toMatchObject({ exitCode: 2, stdout: "" });
  for (const said of [
    "foreign.cert.pem: expected a certificate that a CA of this store signed, got one signed by O=Somebody Else",
    'named.cert.pem: expected the common name "named", got CN=otherwise',
    "garbage.cert.pem: expected the device's certificate in PEM, got something else",
    "nobody.cert.pem: expected the certificate to renew, got no file",
  ])
    expect(end.stderr).toContain(said);
  expect(store.text()).toBe(before);
  expect(await store.certs("renew foreign --signer root", SECRETS)).toMatchObject({ exitCode: 0 });
  expect(leafAt(store.layout.renewedCert("foreign")).issuer).toBe(
    leafAt(store.layout.rootCert).subject,
  );
  expect((await store.certs("renew foreign --signer nobody", SECRETS)).stderr).toContain(
    'got "nobody"',
  );
});

test("damaged pending files are told, and nothing of them goes in place", async () => {
  await store.certs("renew a", SECRETS);
  const files = [
    store.layout.renewedFullChain("a"),
    store.layout.renewedCert("a"),
    store.layout.renewedKey("a"),
  ];
  for (const file of files) {
    const text = readFileSync(file);
    writeTestFile(file, "damaged");
    const before = store.text();
    expect(await store.certs("renew a --confirm", SECRETS)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(file),
    });
    expect(store.text()).toBe(before);
    writeTestFile(file, text);
  }
  expect(await store.certs("renew a --confirm", SECRETS)).toMatchObject({ exitCode: 0 });
});

test("a device that has a PFX alone is renewed, and gets all files", async () => {
  await store.certs("pfx a --password-env WORD", SECRETS);
  const old = leafAt(store.layout.leafCert("a"));
  for (const file of [
    store.layout.leafCert("a"),
    store.layout.leafFullChain("a"),
    store.layout.leafKey("a"),
  ])
    rmSync(file);
  expect((await store.certs("renew a", SECRETS)).stderr).toContain("expected a password, got none");
  expect(await store.certs("renew a --password-env WORD", SECRETS)).toMatchObject({ exitCode: 0 });
  expect(await store.certs("renew a --confirm --password-env WORD", SECRETS)).toMatchObject({
    exitCode: 0,
  });
  expect(existsSync(keptAs(store.layout.leafPfx("a"), old))).toBe(true);
  const { chain } = readPfx(readFileSync(store.layout.leafPfx("a")), {
    file: "a",
    password: SECRETS.WORD,
  });
  expect(chain[0]?.fingerprint).toBe(leafAt(store.layout.leafFullChain("a")).fingerprint);
});

test.each([
  ["a --confirm --discard", "--discard: expected no --discard with --confirm"],
  ["a --confirm --days 3 --force", "--days: expected none with --confirm"],
  ["a --discard --signer root", "--signer: expected none with --discard"],
  ["a --days 0", "--days: expected a whole number"],
  ["a --key rsa1024", "--key: "],
])("the command line %j is refused", async (words, said) => {
  const end = await store.certs(`renew ${words}`, SECRETS);
  expect(end).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringContaining(said) });
});

test("stopped in the middle, what is in place is whole, and the next call goes on", async () => {
  const { layout } = store;
  await store.issue("b");
  await store.certs("renew a b");
  const stop = new AbortController();
  const options = { dir: layout.dir, ids: ["a", "b"], now: new Date(), signal: stop.signal };
  const seen: (readonly [number, number])[] = [];
  const onProgress = (done: number, total: number): void => {
    seen.push([done, total]);
    stop.abort(new Error("stopped"));
  };
  await expect(confirmRenewals({ ...options, onProgress })).rejects.toThrow("stopped");
  expect(seen).toEqual([[1, 2]]);
  expect(existsSync(layout.renewedFullChain("a"))).toBe(false);
  expect(existsSync(layout.renewedKey("b"))).toBe(true);
  const end = await store.certs("renew a b --confirm");
  expect(end).toMatchObject({ exitCode: 0 });
  expect(end.stdout).toMatch(/^a: nothing was pending, [^]*^b: in place, /m);
  expect(store.text()).not.toContain(".renewed");
  // Where no older pair tells of a renewal, an id may be a slip of the hand.
  await store.issue("c");
  const { stderr } = await store.certs("renew a c --confirm");
  expect(stderr).toMatch(/c\.renewed-full-chain\.cert\.pem: [^\n]*got no file/);
});

test("Ctrl-C ends with 130 and leaves nothing half done", async () => {
  const end = await runHere(store.path, ["certs", "renew", "a"], {}, "SIGINT");
  expect(end).toMatchObject({ exitCode: 130, stdout: "" });
  expect(store.text()).not.toContain(".renewed");
});
