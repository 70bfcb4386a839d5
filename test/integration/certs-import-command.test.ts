import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { certificateBlocks } from "../../src/pki/pem.ts";
import type { CertsStore } from "../support/certs-store.ts";
import { certsStore, keptAs, keyAt, leafAt } from "../support/certs-store.ts";
import { certGenFolder } from "../support/foreign-certificates.ts";
import { hasOpenssl } from "../support/openssl.ts";
import type { TestPki } from "../support/pki.ts";
import { temporaryDir, testPki, writeTestFile } from "../support/pki.ts";

const SECRETS = { PASS: "1234", WORD: "of the PFX" };
let store: CertsStore;
let pki: TestPki;
beforeAll(async () => {
  pki = await testPki();
});
beforeEach(() => {
  store = certsStore();
});
afterEach(() => store[Symbol.dispose]());

const put = (name: string, content: string | Uint8Array): string =>
  writeTestFile(join(store.path, name), content);
const importing = (words: string) => store.certs(`import ${words}`.trim(), SECRETS);
const imported = async (words: string): Promise<unknown> => {
  const { stdout } = await importing(`${words} --json`);
  return JSON.parse(stdout);
};

describe.skipIf(!hasOpenssl)("a folder of certGen.sh", () => {
  const made = temporaryDir();
  beforeAll(() => certGenFolder(join(made.path, "made"), SECRETS.PASS, "cave-7"));
  afterAll(() => made[Symbol.dispose]());
  const dir = join(made.path, "made");

  test("is taken whole, its keys encrypted as they were, and nothing of it twice", async () => {
    const { layout } = store;
    const end = await importing(`--dir ${dir} --passphrase-env PASS --password-env PASS`);
    expect(end.exitCode).toBe(0);
    expect(end.stdout).toMatch(
      /^CA (root|intermediate): imported, [^]*CA (root|intermediate): imported, [^]*device cave-7: imported, certs\/cave-7\.cert\.pem\n$/,
    );
    expect(readFileSync(layout.rootKey, "utf8")).toContain("BEGIN ENCRYPTED PRIVATE KEY");
    expect(statSync(layout.rootKey).mode & 0o777).toBe(0o600);
    expect(leafAt(layout.rootCert).checkPrivateKey(keyAt(layout.rootKey, SECRETS.PASS))).toBe(true);
    const leaf = leafAt(layout.leafCert("cave-7"));
    expect(certificateBlocks(readFileSync(layout.leafFullChain("cave-7"), "utf8"))).toHaveLength(3);
    expect(existsSync(layout.leafPfx("cave-7"))).toBe(true);
    // What it made can be signed with, shown and renewed.
    const before = store.text();
    const again = await importing(`--dir ${dir} --passphrase-env PASS --password-env PASS`);
    expect(again.stdout.match(/is there already/g)).toHaveLength(3);
    expect(store.text()).toBe(before);
    const env = { DPS_FLEET_CA_PASSPHRASE: SECRETS.PASS };
    expect(await store.certs("renew cave-7", env)).toMatchObject({ exitCode: 0 });
    expect(leafAt(layout.renewedCert("cave-7")).issuer).toBe(leaf.issuer);
  });

  test("without its passphrase nothing of it is taken, and the keys are named", async () => {
    const end = await importing(`--dir ${dir}`);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toMatch(/root\.ca\.key\.pem: [^\n]*an encrypted one[^]*--passphrase-env/);
    expect(end.stderr).toMatch(/intermediate\.key\.pem: /);
    expect(existsSync(store.layout.dir)).toBe(false);
    const wrong = await importing(`--dir ${dir} --passphrase-env WORD`);
    expect(wrong.stderr).toContain("expected the passphrase that the key was encrypted with");
    expect(wrong.stderr).not.toContain(SECRETS.WORD);
  });

  test("without the password its PFX is left out, which is told", async () => {
    const end = await importing(`--dir ${dir} --passphrase-env PASS`);
    expect(end).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/note: .*new-device\.cert\.pfx is left out: no password/),
    });
    expect(existsSync(store.layout.leafPfx("cave-7"))).toBe(false);
  });
});

test("a CA comes with its chain, under the name that is asked for", async () => {
  const { layout } = store;
  put("line.pem", pki.intermediate.certificatePem);
  put("line.key", pki.intermediate.privateKeyPem);
  put("root.pem", pki.root.certificatePem);
  const line = "--certificate line.pem --key line.key --chain root.pem --name line";
  expect(await imported(line)).toEqual({
    imported: [
      {
        kind: "ca",
        name: "line",
        done: "imported",
        certFile: layout.namedIntermediateCert("line"),
        keyFile: layout.namedIntermediateKey("line"),
        keptFiles: [],
      },
      {
        kind: "ca",
        name: "root",
        done: "imported",
        certFile: layout.rootCert,
        keyFile: null,
        keptFiles: [],
      },
    ],
    notes: [],
  });
  // The key may come later, and what is there stays.
  put("root.key", pki.root.privateKeyPem);
  expect((await importing("--certificate root.pem --key root.key")).stdout).toBe(
    "CA root: completed, certs/azure-iot-test-only.root.ca.cert.pem\n",
  );
  expect(keyAt(layout.rootKey).equals(pki.root.key)).toBe(true);
});

test("a device comes with its chain, which does not become the store's", async () => {
  const { layout } = store;
  const leaf = await pki.leaf("cave");
  put("cave.pem", leaf.privateKeyPem + leaf.fullChainPem);
  expect((await importing("--certificate cave.pem")).stdout).toBe(
    "device cave: imported, certs/cave.cert.pem\n",
  );
  expect(readFileSync(layout.leafFullChain("cave"), "utf8")).toBe(leaf.fullChainPem);
  expect(keyAt(layout.leafKey("cave")).equals(leaf.key)).toBe(true);
  expect(existsSync(layout.rootCert)).toBe(false);
  // DER, and a chain that is not there.
  const other = await pki.leaf("dev:2");
  put("other.der", leafAt(put("other.pem", other.certificatePem)).raw);
  put("other.key", other.key.export({ format: "der", type: "pkcs8" }));
  expect(await importing("--certificate other.der --key other.key")).toMatchObject({
    exitCode: 0,
    stdout: "device dev:2: imported, certs/dev%3A2.cert.pem\n",
    stderr: expect.stringContaining("note: dev:2: the CA above, O=dps-fleet, CN=test intermediate"),
  });
});

test("a PFX comes with all that is in it, and stays a PFX too", async () => {
  await store.issue("cave");
  await store.certs("pfx cave --password-env WORD", SECRETS);
  using other = certsStore();
  const words = `import --pfx ${store.layout.leafPfx("cave")}`;
  expect((await other.certs(words)).stderr).toMatch(/expected a password, got none/);
  expect(await other.certs(`${words} --password-env WORD`, SECRETS)).toMatchObject({
    exitCode: 0,
    stdout: "device cave: imported, certs/cave.cert.pem\n",
  });
  expect(readFileSync(other.layout.leafPfx("cave"))).toEqual(
    readFileSync(store.layout.leafPfx("cave")),
  );
  expect(keyAt(other.layout.leafKey("cave")).equals(keyAt(store.layout.leafKey("cave")))).toBe(
    true,
  );
});

test("others that are there are replaced with --force alone, and kept", async () => {
  const { layout } = store;
  await store.issue("cave");
  const old = { leaf: leafAt(layout.leafCert("cave")), key: keyAt(layout.leafKey("cave")) };
  const leaf = await pki.leaf("cave");
  put("cave.pem", leaf.certificatePem + leaf.privateKeyPem);
  put("root.pem", pki.otherRoot.certificatePem);
  const before = store.text();
  for (const name of ["cave", "root"])
    expect(await importing(`--certificate ${name}.pem`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /expected no file, or what is imported [^]*FOREIGN_FILE[^]*--force/,
      ),
    });
  expect(store.text()).toBe(before);
  expect((await importing("--certificate cave.pem --force")).stdout).toMatch(
    /^device cave: replaced, certs\/cave\.cert\.pem; the old one is certs\/private\/cave\./,
  );
  expect(leafAt(keptAs(layout.leafCert("cave"), old.leaf)).fingerprint).toBe(old.leaf.fingerprint);
  expect(keyAt(keptAs(layout.leafKey("cave"), old.leaf)).equals(old.key)).toBe(true);
  expect(leafAt(layout.leafFullChain("cave")).checkPrivateKey(leaf.key)).toBe(true);
});

test("in a folder what is not whole is left out and told, and a clash is not", async () => {
  const whole = await pki.leaf("whole");
  put("in/whole.pem", whole.certificatePem + whole.privateKeyPem);
  put("in/keyless.pem", (await pki.leaf("keyless")).certificatePem);
  put("in/sub/stray.key", (await pki.leaf("stray")).privateKeyPem);
  put("in/verification-code.cert.pem", (await pki.leaf("C0DE")).certificatePem);
  const end = await importing("--dir in");
  expect(end.stdout).toBe("device whole: imported, certs/whole.cert.pem\n");
  for (const said of [
    /keyless\.pem is left out: its private key is not there/,
    /stray\.key is left out: no certificate has this key/,
    /verification-code\.cert\.pem is left out: it is a proof of possession/,
  ])
    expect(end.stderr).toMatch(said);
  const twin = await pki.leaf("WHOLE");
  put("in/twin.pem", twin.certificatePem + twin.privateKeyPem);
  put("in/garbage.pem", "garbage");
  const before = store.text();
  const clash = await importing("--dir in");
  expect(clash).toMatchObject({ exitCode: 2, stdout: "" });
  expect(clash.stderr).toMatch(/expected one certificate of "whole", got this and another one/i);
  expect(clash.stderr).toMatch(/garbage\.pem: expected certificates or a private key/);
  expect(store.text()).toBe(before);
});

test("what will not do is told, each with its mend, and nothing is written", async () => {
  const leaf = await pki.leaf("cave");
  const { chainPem, privateKeyPem } = await pki.server(["cave"]);
  put("leaf.pem", leaf.certificatePem);
  put("stranger.key", (await pki.leaf("stranger")).privateKeyPem);
  put("server.pem", chainPem + privateKeyPem);
  put("root.pem", pki.root.certificatePem);
  put("middle.pem", pki.intermediate.certificatePem);
  put("key.pem", leaf.privateKeyPem);
  put("damaged.key", leaf.privateKeyPem.replace(/\n.*\n/, "\nAAAA\n"));
  const both = leaf.certificatePem + leaf.privateKeyPem;
  put("both.pem", both);
  put("verification.pem", "");
  mkdirSync(join(store.path, "empty"));
  for (const [words, said] of [
    ["--certificate nowhere.pem", /nowhere\.pem: [^\n]*got no file/],
    ["--certificate leaf.pem", /expected the private key of a device's certificate too/],
    [
      "--certificate leaf.pem --key stranger.key",
      /^error: [^\n]*stranger\.key: expected the private key of the certificate in/,
    ],
    [
      "--certificate leaf.pem --key damaged.key",
      /^error: [^\n]*damaged\.key: expected a private key in PEM/,
    ],
    ["--certificate server.pem", /expected a certificate for client authentication/],
    ["--certificate key.pem", /expected a certificate beside the private key, got none/],
    [
      "--certificate root.pem --name line",
      /--name: expected the name root for a CA that signed itself/,
    ],
    ["--certificate middle.pem --name root", /--name: expected a CA that signed itself/],
    ["--certificate both.pem --name other", /expected a certificate of "other", got CN=cave/],
    ["--certificate verification.pem", /verification\.pem: [^\n]*got something else/],
    ["--dir empty", /empty: expected a folder with certificates and their keys, got none/],
    ["--dir nowhere", /nowhere: expected a folder with certificates/],
    ["", /--certificate: expected --certificate FILE, --pfx FILE or --dir DIR/],
    ["--pfx a.pfx --key b --dir c", /--key: expected none with --pfx/],
    ["--dir c --name x", /--name: expected none with --dir/],
  ] as const) {
    const end = await importing(words);
    expect(end).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(said) });
    expect(end.stderr).not.toContain(leaf.privateKeyPem.split("\n")[1]);
  }
  expect(existsSync(store.layout.dir)).toBe(false);
});

test("an import that was cut short goes on", async () => {
  const leaf = await pki.leaf("cave");
  put("cave.pem", leaf.privateKeyPem + leaf.fullChainPem);
  await importing("--certificate cave.pem");
  const whole = store.text();
  const { layout } = store;
  for (const missing of [
    [layout.leafFullChain("cave")],
    [layout.leafFullChain("cave"), layout.leafCert("cave")],
  ]) {
    for (const file of missing) rmSync(file);
    expect(await importing("--certificate cave.pem")).toMatchObject({ exitCode: 0 });
    expect(store.text()).toBe(whole);
  }
});
