import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readPfx } from "../../src/pki/pfx-read.ts";
import type { CertsStore } from "../support/certs-store.ts";
import { certsStore, keyAt, leafAt } from "../support/certs-store.ts";
import type { OpensslFactory } from "../support/foreign-certificates.ts";
import { opensslFactory } from "../support/foreign-certificates.ts";
import { hasOpenssl, openssl } from "../support/openssl.ts";
import { temporaryDir, writeTestFile } from "../support/pki.ts";

const SECRET = "Käse & Höhle";
const dir = temporaryDir();
const at = (name: string): string => join(dir.path, name);
const LEGACY = ["-provider", "legacy", "-provider", "default"];

describe.skipIf(!hasOpenssl)("what openssl 3 writes", () => {
  let store: CertsStore;
  let factory: OpensslFactory;
  const made: Record<string, { readonly key: string; readonly certificate: string }> = {};
  beforeAll(() => {
    store = certsStore();
    factory = opensslFactory(dir.path);
    writeTestFile(at("secret"), `${SECRET}\n`);
    const identity = (name: string, words?: string) => {
      const key = factory.key(`${name}.plain`, words);
      const options = { subject: "/CN=cave", key, use: "leaf" } as const;
      made[name] = { key, certificate: factory.certificate(`${name}.pem`, options) };
    };
    identity("ec");
    identity("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
  });
  afterAll(() => {
    dir[Symbol.dispose]();
    store[Symbol.dispose]();
  });
  const of = (kind: string) => made[kind] ?? { key: "", certificate: "" };
  const importing = (words: string) =>
    store.certs(`import --force ${words}`, { PASS: SECRET, WORD: SECRET });

  const PASSOUT = ["-passout", `file:${at("secret")}`];
  test.each([
    ["PKCS#8, encrypted as openssl does it", "pkcs8 -topk8"],
    ["PKCS#8 with 3DES in PBES2", "pkcs8 -topk8 -v2 des3"],
    ["PKCS#8 with 3DES in PBES1", "pkcs8 -topk8 -v1 PBE-SHA1-3DES"],
    ["PKCS#8 with scrypt", "pkcs8 -topk8 -scrypt"],
    ["PKCS#8 in DER", "pkcs8 -topk8 -outform DER"],
    ["the traditional form with AES", "pkey -traditional -aes256"],
    ["the traditional form with 3DES", "pkey -traditional -des3"],
  ] as const)("a key in %s is imported and stays encrypted", async (_, words) => {
    for (const kind of ["ec", "rsa"]) {
      const { key, certificate } = of(kind);
      openssl(words, ["-in", key, ...PASSOUT, "-out", at("sealed.key")]);
      const given = `--certificate ${certificate} --key ${at("sealed.key")}`;
      expect((await importing(given)).exitCode).toBe(2);
      const end = await importing(`${given} --passphrase-env PASS`);
      expect(end).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("device cave: ") });
      const { layout } = store;
      expect(readFileSync(layout.leafKey("cave"), "utf8")).toContain("BEGIN ENCRYPTED PRIVATE KEY");
      expect(keyAt(layout.leafKey("cave"), SECRET).equals(keyAt(key))).toBe(true);
    }
  });

  test.each([
    ["PKCS#8", "pkcs8 -topk8 -nocrypt"],
    ["PKCS#8 in DER", "pkcs8 -topk8 -nocrypt -outform DER"],
    ["the traditional form", "pkey -traditional"],
    ["the traditional form in DER", "pkey -traditional -outform DER"],
  ])("a key in %s is imported", async (_, words) => {
    for (const kind of ["ec", "rsa"]) {
      const { key, certificate } = of(kind);
      openssl(words, ["-in", key, "-out", at("open.key")]);
      const end = await importing(`--certificate ${certificate} --key ${at("open.key")}`);
      expect(end.exitCode).toBe(0);
      expect(keyAt(store.layout.leafKey("cave")).equals(keyAt(key))).toBe(true);
    }
  });

  test.each([
    ["AES, as openssl does it", [], SECRET],
    [
      "3DES and SHA-1",
      ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
      SECRET,
    ],
    ["no password", [], ""],
  ] as const)("a PFX with %s is shown and imported", async (_, options, password) => {
    const { key, certificate } = of("ec");
    const pass = writeTestFile(at("pfx.pass"), `${password}\n`);
    const rest = ["-inkey", key, "-passout", `file:${pass}`, "-out", at("made.pfx"), ...options];
    openssl("pkcs12 -export -in", [certificate, ...rest]);
    const env = { WORD: password };
    const { stdout } = await store.certs(`show ${at("made.pfx")} --password-env WORD`, env);
    expect(stdout).toContain("PFX, chain of 1 certificate");
    const end = await store.certs(
      `import --force --pfx ${at("made.pfx")} --password-env WORD`,
      env,
    );
    expect(end.exitCode).toBe(0);
    const { layout } = store;
    expect(leafAt(layout.leafCert("cave")).checkPrivateKey(keyAt(layout.leafKey("cave")))).toBe(
      true,
    );
    const pfx = readFileSync(layout.leafPfx("cave"));
    expect(readPfx(pfx, { file: "made", password }).key.equals(keyAt(key))).toBe(true);
  });

  test("ciphers that Node does not have are named, with the command that converts the file", async () => {
    const { key, certificate } = of("ec");
    for (const words of ["pkcs8 -topk8 -v1 PBE-SHA1-RC2-40", "pkcs8 -topk8 -v2 rc2-cbc"]) {
      openssl(words, ["-in", key, ...PASSOUT, "-out", at("old.key"), ...LEGACY]);
      expect(
        await importing(
          `--certificate ${certificate} --key ${at("old.key")} --passphrase-env PASS`,
        ),
      ).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(
          /old\.key: expected a key encrypted with AES or 3DES, got one of an older kind[^]*hint: convert it: openssl pkcs8/,
        ),
      });
    }
    const rest = ["-inkey", key, "-certpbe", "PBE-SHA1-RC2-40", ...PASSOUT, "-out", at("old.pfx")];
    openssl("pkcs12 -export -legacy -in", [certificate, ...rest]);
    expect(await importing(`--pfx ${at("old.pfx")} --password-env WORD`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/got RC2-40[^]*hint: convert it: openssl pkcs12 -legacy/),
    });
  });

  test("a PFX without a MAC is refused, and the command that makes it anew is told", async () => {
    const { key, certificate } = of("ec");
    const rest = ["-inkey", key, "-nomac", ...PASSOUT, "-out", at("bare.pfx")];
    openssl("pkcs12 -export -in", [certificate, ...rest]);
    expect(await importing(`--pfx ${at("bare.pfx")} --password-env WORD`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/expected a MAC, [^\n]*, got none[^]*hint: convert it: /),
    });
  });

  test("the command that converts a key does", async () => {
    const { key, certificate } = of("ec");
    openssl("pkcs8 -topk8 -v1 PBE-SHA1-RC2-40", [
      "-in",
      key,
      ...PASSOUT,
      "-out",
      at("old.key"),
      ...LEGACY,
    ]);
    const given = `--certificate ${certificate} --key`;
    const { stderr } = await importing(`${given} ${at("old.key")} --passphrase-env PASS`);
    const [, command = ""] = /convert it: openssl ([^\n]*)/.exec(stderr) ?? [];
    // One file for both would give its second line to the second.
    const again = writeTestFile(at("again"), `${SECRET}\n`);
    openssl(command, ["-passin", `file:${again}`, ...PASSOUT]);
    const end = await importing(`${given} ${at("old.key.new")} --passphrase-env PASS`);
    expect(end).toMatchObject({ exitCode: 0 });
  });
});
