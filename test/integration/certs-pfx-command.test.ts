import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { ensureFleetCertificates } from "../../src/pki/fleet-certificates.ts";
import type { CertsLayout } from "../../src/pki/layout.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { isLegacyPfx } from "../../src/pki/pfx-encrypt.ts";
import { readPfx } from "../../src/pki/pfx-read.ts";
import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { hasOpenssl, openssl } from "../support/openssl.ts";
import { temporaryDir, testPki, writeLeaf, writeTestFile } from "../support/pki.ts";

const dir = temporaryDir();
const PASSWORD = "Käse & Höhle";
let layout: CertsLayout;
beforeAll(async () => {
  layout = certsLayout(join(dir.path, "certs"));
  await ensureFleetCertificates({
    dir: layout.dir,
    now: new Date(),
    devices: [
      { registrationId: "a", format: "pem" },
      { registrationId: "b", format: "pem" },
      { registrationId: "d", format: "pem" },
      { registrationId: "locked", format: "pem", passphrase: "pass of the key" },
    ],
  });
});
afterAll(() => dir[Symbol.dispose]());

const pfx = (
  words: string,
  env: Readonly<Record<string, string>> = { P: PASSWORD },
): Promise<CliEnd> => runHere(dir.path, ["certs", "pfx", ...words.split(" ")], env);
const leafIn = (id: string, password = PASSWORD): X509Certificate | undefined => {
  const file = layout.leafPfx(id);
  return readPfx(readFileSync(file), { file, password }).chain[0];
};
const leafOf = (id: string): X509Certificate =>
  new X509Certificate(readFileSync(layout.leafCert(id)));

test.each([
  ["AES", "", false],
  ["3DES", " --legacy", true],
] as const)(
  "PFX files with %s hold key, leaf and chain, and openssl reads them",
  async (_, flag, old) => {
    const end = await pfx(`--pattern {a,b} --password-env P --json${flag}`);
    expect(end).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(end.stdout)).toEqual(
      ["a", "b"].map((id) => ({
        id,
        pfxFile: layout.leafPfx(id),
        keptFile: null,
        protection: old ? "3des" : "aes256",
        certificates: 3,
      })),
    );
    const file = layout.leafPfx("a");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(isLegacyPfx(readFileSync(file))).toBe(old);
    expect(leafIn("a")?.fingerprint256).toBe(leafOf("a").fingerprint256);
    if (!hasOpenssl) return;
    const secret = writeTestFile(join(dir.path, "secret"), `${PASSWORD}\n`);
    const text = openssl("pkcs12 -nodes -passin", [`file:${secret}`, "-in", file]);
    expect(text.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    expect(text).toContain("BEGIN PRIVATE KEY");
  },
);

test("password and passphrase come from files too, and are shown nowhere", async () => {
  writeTestFile(join(dir.path, "pass.txt"), "pass of the key\n");
  writeTestFile(join(dir.path, "word.txt"), "of the PFX\n");
  const words = "locked --password-file word.txt --passphrase-file";
  const end = await pfx(`${words} pass.txt`);
  expect(end).toEqual({
    exitCode: 0,
    stdout: "locked: certs/locked-full-chain.cert.pfx, key and 3 certificates\n",
    stderr: "",
  });
  expect(leafIn("locked", "of the PFX")).toBeDefined();
  const wrong = await pfx(`${words} word.txt`);
  expect(wrong).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(/locked\.key\.pem: expected the passphrase[^]*--passphrase-env/),
  });
  expect(wrong.stderr).not.toContain("of the PFX");
  const none = await pfx("locked --password-env P");
  expect(none.stderr).toMatch(
    /locked\.key\.pem: [^]*an encrypted one[^]*hint: [^]*--passphrase-env/,
  );
});

test("with a problem anywhere nothing is written, and all of them are told", async () => {
  writeLeaf(layout.dir, "c", await (await testPki()).leaf("c"));
  writeLeaf(layout.dir, "named", await (await testPki()).leaf("otherwise"));
  const end = await pfx("c named nobody --password-env P");
  expect(end).toMatchObject({ exitCode: 2, stdout: "" });
  expect(end.stderr).toContain('expected the common name "named"');
  expect(end.stderr).toContain("nobody-full-chain.cert.pem: expected a certificate, got no file");
  expect(existsSync(layout.leafPfx("c"))).toBe(false);
});

test("a PFX of another leaf, or of another password, is replaced with --force alone, and kept", async () => {
  await pfx("d --password-env P", { P: "old" });
  expect((await pfx("d --password-env P")).stderr).toMatch(
    /d-full-chain\.cert\.pfx: expected the password[^]*FOREIGN_FILE[^]*hint: --force/,
  );
  expect(leafIn("d", "old")).toBeDefined();
  const locked = await pfx("d --password-env P --force --json");
  expect(locked.exitCode).toBe(0);
  const before = leafOf("d");
  const { key } = readPfx(readFileSync(layout.leafPfx("d")), { file: "d", password: PASSWORD });
  writeLeaf(layout.dir, "d", await (await testPki()).leaf("d"));
  expect(await pfx("d --password-env P")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("got one of another"),
  });
  expect(await pfx("d --password-env P --force")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("the old one is certs/d."),
  });
  expect(leafIn("d")?.fingerprint256).toBe(leafOf("d").fingerprint256);
  const kept = readdirSync(layout.dir)
    .filter((name) => /^d\.[0-9a-f]{8}-full-chain\.cert\.pfx$/.test(name))
    .map((name) => readFileSync(join(layout.dir, name)));
  expect(kept).toHaveLength(2);
  const mark = before.fingerprint.replaceAll(":", "").slice(0, 8).toLowerCase();
  const old = readFileSync(join(layout.dir, `d.${mark}-full-chain.cert.pfx`));
  expect(readPfx(old, { file: "old", password: PASSWORD }).key.equals(key)).toBe(true);
});

test.each([
  ["a", /--password-env: expected it or --password-file, got no password/],
  ["a --password-env", /--password-env: expected a value/],
  ["a --password-env secret!word", /--password-env: expected the name of an environment variable/],
  ["a --password-env P --password-file f", /--password-file: expected no password but/],
  ["--password-env P", /ID: expected registration ids, --pattern or --from, got none/],
  ["a A --password-env P", /expected each device once, got "A" beside "a"/],
])("the command line %j is refused", async (words, said) => {
  const end = await pfx(words);
  expect(end).toMatchObject({ exitCode: 2, stdout: "", stderr: expect.stringMatching(said) });
  expect(end.stderr).not.toContain("secret!word");
});
