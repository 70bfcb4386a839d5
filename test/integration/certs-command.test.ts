import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { certsLayout } from "../../src/pki/layout.ts";
import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { temporaryDir, testPki, writeTestFile } from "../support/pki.ts";

let dir: ReturnType<typeof temporaryDir>;
beforeEach(() => {
  dir = temporaryDir();
});
afterEach(() => dir[Symbol.dispose]());

const certs = (words: string, env: Readonly<Record<string, string>> = {}): Promise<CliEnd> =>
  runHere(dir.path, ["certs", ...words.split(" ")], env);
const layout = () => certsLayout(join(dir.path, "certs"));
const certificateAt = (file: string): X509Certificate => new X509Certificate(readFileSync(file));

test("a root is made once, told where it is, and found as asked for later", async () => {
  const made = await certs("root --json");
  expect(made.exitCode).toBe(0);
  const { rootCert, rootKey } = layout();
  const certificate = certificateAt(rootCert);
  expect(JSON.parse(made.stdout)).toEqual({
    name: "root",
    done: "made",
    files: { certificate: rootCert, key: rootKey },
    kept: [],
    encrypted: false,
    subject: "O=dps-fleet, CN=dps-fleet test-only root CA",
    issuer: "O=dps-fleet, CN=dps-fleet test-only root CA",
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    keyKind: "p256",
    thumbprints: {
      sha1: certificate.fingerprint.replaceAll(":", ""),
      sha256: certificate.fingerprint256.replaceAll(":", ""),
    },
  });
  expect(statSync(rootKey).mode & 0o777).toBe(0o600);
  expect(statSync(layout().privateDir).mode & 0o777).toBe(0o700);
  const key = readFileSync(rootKey, "utf8");
  expect(await certs("root")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^root: is there already[^]*certs\/private\/azure-iot-test-only/),
    stderr: expect.stringContaining("next: "),
  });
  expect(readFileSync(rootKey, "utf8")).toBe(key);
});

test("a root that differs from what is asked is refused, and with --force replaced and kept", async () => {
  await certs("root --days 100");
  const { rootCert, rootKey, dir: store } = layout();
  const old = { certificate: certificateAt(rootCert), key: readFileSync(rootKey, "utf8") };
  expect(await certs("root --key p384 --days 50")).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /kind p384, got p256[^]*for 50 days, got one for 100[^]*hint: --force/,
    ),
  });
  expect(readFileSync(rootKey, "utf8")).toBe(old.key);
  expect(await certs("root --days 100")).toMatchObject({ exitCode: 0 });
  expect(await certs("root --key p384 --force")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("root: made anew"),
  });
  const mark = old.certificate.fingerprint.replaceAll(":", "").slice(0, 8).toLowerCase();
  const kept = (name: string): string => join(store, name.replace("MARK", mark));
  expect(certificateAt(kept("azure-iot-test-only.root.ca.MARK.cert.pem")).fingerprint).toBe(
    old.certificate.fingerprint,
  );
  expect(readFileSync(kept("private/azure-iot-test-only.root.ca.MARK.key.pem"), "utf8")).toBe(
    old.key,
  );
});

test("a root of others is never replaced, and who signed it is told", async () => {
  const { otherRoot } = await testPki();
  writeTestFile(layout().rootCert, otherRoot.certificatePem);
  writeTestFile(layout().rootKey, otherRoot.privateKeyPem);
  for (const words of ["root --force", "root --key p384"]) {
    expect(await certs(words)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /signed by O=Somebody Else[^]*FOREIGN_FILE|FOREIGN_FILE[^]*signed by O=Somebody Else/,
      ),
    });
  }
  expect(readFileSync(layout().rootKey, "utf8")).toBe(otherRoot.privateKeyPem);
});

test("intermediates stand in levels, and none above itself", async () => {
  expect(await certs("intermediate")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("hint: make one first: certs root"),
  });
  expect(existsSync(layout().dir)).toBe(false);
  await certs("root");
  expect(await certs("intermediate")).toMatchObject({ exitCode: 0 });
  await certs("intermediate line --signer intermediate");
  const line = certificateAt(layout().namedIntermediateCert("line"));
  const above = certificateAt(layout().intermediateCert);
  expect([line.subject, line.verify(above.publicKey)]).toEqual(["O=dps-fleet\nCN=line", true]);
  expect(await certs("intermediate line")).toMatchObject({ exitCode: 0 });
  expect(await certs("intermediate line --signer root")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("expected one that root signed, got one signed by another"),
  });
  for (const signer of ["line", "intermediate"])
    expect(await certs(`intermediate --signer ${signer} --force`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--signer: expected a CA above intermediate"),
    });
  expect(await certs("intermediate LINE")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("in case only"),
  });
  await certs("root --force");
  expect(await certs("intermediate other --signer line")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("its signer was made anew: certs intermediate line --force"),
  });
});

test("everything that is wrong with the command line is told at once", async () => {
  expect(await certs("root --key p521 --days 0")).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(/--key: expected one of p256[^]*--days: expected a whole number/),
  });
  for (const name of ["root", "a/b"])
    expect(await certs(`intermediate ${name}`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("NAME: expected"),
    });
});
