import { createPrivateKey } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { ensureFleetCertificates } from "../../src/pki/fleet-certificates.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { refusal } from "../support/refusal.ts";
import { temporaryDir, writeTestFile } from "../support/pki.ts";

const SECRETS = { A: "first pässphrase", B: "second passphrase" };

let dir: ReturnType<typeof temporaryDir>;
beforeEach(() => {
  dir = temporaryDir();
});
afterEach(() => dir[Symbol.dispose]());

const certs = (words: string, env: Readonly<Record<string, string>> = SECRETS): Promise<CliEnd> =>
  runHere(dir.path, ["certs", ...words.split(" ")], env);
const layout = () => certsLayout(join(dir.path, "certs"));
const opens = (file: string, passphrase: string): boolean =>
  createPrivateKey({ key: readFileSync(file), passphrase }).type === "private";

test("a CA's key is encrypted with the passphrase of a variable or a file, and opened with it", async () => {
  writeTestFile(join(dir.path, "b.pass"), `${SECRETS.B}\n`);
  const root = await certs("root --passphrase-env A --json");
  expect(root).toMatchObject({ exitCode: 0, stderr: "" });
  expect(JSON.parse(root.stdout)).toMatchObject({ encrypted: true });
  const pem = readFileSync(layout().rootKey, "utf8");
  expect(pem).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  expect(opens(layout().rootKey, SECRETS.A)).toBe(true);
  expect(await certs("intermediate --passphrase-env A")).toMatchObject({ exitCode: 0 });
  expect(
    await certs("intermediate line --signer-passphrase-env A --passphrase-file b.pass"),
  ).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(".key.pem (encrypted)") });
  expect(opens(layout().namedIntermediateKey("line"), SECRETS.B)).toBe(true);
  // Nothing has to be signed, so nobody needs the passphrase.
  expect(await certs("root", {})).toMatchObject({ exitCode: 0 });
  expect(await certs("root --passphrase-env B")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/root\.ca\.key\.pem: expected the passphrase that the key was/),
  });
  expect(readFileSync(layout().rootKey, "utf8")).toBe(pem);
});

test("the passphrase of the CAs may be in DPS_FLEET_CA_PASSPHRASE", async () => {
  const env = { DPS_FLEET_CA_PASSPHRASE: "of all of them" };
  for (const words of ["root", "intermediate"])
    expect(await certs(words, env)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^next: /),
    });
  expect(opens(layout().intermediateKey, env.DPS_FLEET_CA_PASSPHRASE)).toBe(true);
});

test("without a terminal and a passphrase a key is not encrypted, which is warned of", async () => {
  expect(await certs("root")).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/^warning: .*root\.ca\.key\.pem is not encrypted[^]*\nnext: /),
  });
  expect(await certs("root --passphrase-env A")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("expected a key that is encrypted, got one that is not"),
  });
});

test("a passphrase that is missing, empty or wrong is told with the file, and never shown", async () => {
  await certs("root --passphrase-env A");
  for (const [words, said] of [
    ["intermediate", /root\.ca\.key\.pem: .*no passphrase[^]*hint: .*DPS_FLEET_CA_PASSPHRASE/],
    ["intermediate --signer-passphrase-env B", /root\.ca\.key\.pem: expected the passphrase/],
    ["intermediate --passphrase-env NOWHERE", /NOWHERE: expected an environment variable/],
    ["intermediate --passphrase-file nowhere", /nowhere: expected a file/],
    ["intermediate --passphrase-env EMPTY", /passphrase: expected 1 to 1024 octets, got 0/],
    [
      "intermediate --passphrase-env A --passphrase-file x",
      /expected no passphrase but --passphrase-env/,
    ],
  ] as const) {
    const end = await certs(words, { ...SECRETS, EMPTY: "" });
    expect(end).toEqual({ exitCode: 2, stdout: "", stderr: expect.stringMatching(said) });
    expect(end.stderr).not.toMatch(/first p|second p/);
  }
  expect(existsSync(layout().intermediateCert)).toBe(false);
});

test("a run's leaves are signed with a CA whose key is encrypted, which is asked for once", async () => {
  await certs("root --passphrase-env A");
  const asked: string[] = [];
  const issue = (passphrase: string | undefined) =>
    ensureFleetCertificates({
      dir: layout().dir,
      devices: [{ registrationId: "cave1", format: "pem" }],
      now: new Date(),
      passphraseOf: ({ name }) => {
        asked.push(name);
        return Promise.resolve(passphrase);
      },
    });
  expect((await refusal(issue(undefined))).message).toContain("got an encrypted one");
  expect((await refusal(issue("wrong"))).problems).toMatchObject([{ place: layout().rootKey }]);
  asked.length = 0;
  expect(await issue(SECRETS.A)).toMatchObject({ issued: 1, caCreated: false });
  expect(asked).toEqual(["root"]);
  expect(await issue(undefined)).toMatchObject({ reused: 1 });
  expect(asked).toEqual(["root"]);
});
