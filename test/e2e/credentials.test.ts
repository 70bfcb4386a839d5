import { createPrivateKey } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { runHere } from "../support/cli.ts";
import { hasOpenssl, openssl } from "../support/openssl.ts";
import type { TestLeafOptions, TestPki } from "../support/pki.ts";
import { testPki, writeLeaf, writeTestFile } from "../support/pki.ts";
import type { Workplace } from "../support/program.ts";
import { Program, workplace } from "../support/program.ts";

const SECRET = "cave secret ü";
const env = { CAVE_SECRET: SECRET, OTHER_SECRET: "another" };
const DAY_MS = 86_400_000;

let place: Workplace;
let emulator: Program;
let emulatorFile: string;
let pki: TestPki;

beforeAll(async () => {
  place = await workplace();
  pki = await testPki();
  const free = ["--mqtt-port=0", "--https-port=0", "--retry-after=0"];
  emulator = new Program(["emulator", "--json", ...free, `--certs=${place.dir}/emulator-certs`]);
  const [line] = await emulator.printed(/^\{.*\}\n/);
  emulatorFile = await place.file("emulator.json", line);
});
afterAll(async () => {
  await emulator[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

interface Entry {
  readonly registrationId: string;
  readonly credentials: unknown;
}

const pem = { format: "pem" };
const pfx = { format: "pfx", password: { env: "CAVE_SECRET" } };

/** A scenario of one device an entry. */
function scenarioOf(group: string, entries: readonly Entry[]): Promise<string> {
  const telemetry = { interval: "500ms", jitter: "0%" };
  return place.scenario({
    provisioning: { group },
    fleet: entries.map((entry) => ({ model: "cheese-cave", count: 1, telemetry, ...entry })),
    duration: "2s",
  });
}

/** Files that the user brought: issued by somebody else's CA. */
const put = async (certs: string, id: string, options?: TestLeafOptions): Promise<void> =>
  writeLeaf(certs, id, await pki.leaf(id, { signer: pki.otherRoot, ...options }));

/** A PFX that openssl made of a device's PEM files, which are gone then. */
function toPfx(certs: string, id: string, words: string, password: string): void {
  const layout = certsLayout(certs);
  const files = ["-in", layout.leafFullChain(id), "-inkey", layout.leafKey(id)];
  const into = ["-out", layout.leafPfx(id), "-passout", `pass:${password}`];
  openssl(`pkcs12 -export${words}`, [...files, ...into]);
  for (const file of [layout.leafFullChain(id), layout.leafCert(id), layout.leafKey(id)]) {
    rmSync(file);
  }
}

/** Closes a device's key with a passphrase, as `openssl pkcs8 -topk8` does. */
function encryptKey(certs: string, id: string): void {
  const file = certsLayout(certs).leafKey(id);
  const key = createPrivateKey(readFileSync(file));
  const cipher = { cipher: "aes-256-cbc", passphrase: SECRET };
  writeTestFile(file, key.export({ type: "pkcs8", format: "pem", ...cipher }));
}

test.skipIf(!hasOpenssl)("a fleet with every kind of credentials streams", async () => {
  const certs = join(place.dir, "every-kind");
  for (const id of ["p256", "locked", "aes", "old", "open"]) await put(certs, id);
  await put(certs, "p384", { keyKind: "p384" });
  await put(certs, "rsa", { keyKind: "rsa2048" });
  await put(certs, "rsa-pfx", { keyKind: "rsa2048" });
  encryptKey(certs, "locked");
  toPfx(certs, "aes", "", SECRET);
  toPfx(certs, "rsa-pfx", "", SECRET);
  const like11 = " -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1";
  toPfx(certs, "old", like11, SECRET);
  toPfx(certs, "open", "", "");
  const all = readdirSync(certs, { recursive: true }).length;
  const scenario = await scenarioOf("every-kind", [
    ...["p256", "p384", "rsa"].map((registrationId) => ({ registrationId, credentials: pem })),
    {
      registrationId: "locked",
      credentials: { ...pem, passphrase: { env: "CAVE_SECRET" } },
    },
    ...["aes", "old", "rsa-pfx"].map((registrationId) => ({ registrationId, credentials: pfx })),
    { registrationId: "open", credentials: { format: "pfx" } },
  ]);
  const out = join(place.dir, "every-kind-out");
  const args = ["--emulator", emulatorFile, "--certs", certs, "--out", out];
  await using program = new Program(["run", scenario, ...args], env);
  const { exitCode, stdout, stderr } = await program.ended;
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const text = readFileSync(join(out, "summary.json"), "utf8");
  const summary = parseSummary(JSON.parse(text));
  expect(summary.devices).toMatchObject({ planned: 8, assigned: 8, connected: 8, failed: 0 });
  expect(summary.ledger).toMatchObject({ missing: 0 });
  // What users brought stays as it is, and no secret of theirs is told.
  expect(readdirSync(certs, { recursive: true })).toHaveLength(all);
  const told = [stdout, text, readFileSync(join(out, "run.ndjson"), "utf8")].join("");
  expect(told).not.toContain(SECRET);
});

test("a fleet of PFX files with RSA keys is issued and streams, encrypted keys too", async () => {
  const certs = join(place.dir, "issued");
  const scenario = await scenarioOf("issued", [
    { registrationId: "rsa-pfx", credentials: pfx },
    { registrationId: "locked", credentials: { ...pem, passphrase: { env: "CAVE_SECRET" } } },
  ]);
  const out = join(place.dir, "issued-out");
  const args = ["--key", "rsa2048", "--emulator", emulatorFile, "--certs", certs, "--out", out];
  await using program = new Program(["run", scenario, ...args], env);
  expect(await program.ended).toMatchObject({ exitCode: 0, stderr: "" });
  const layout = certsLayout(certs);
  const key = readFileSync(layout.leafKey("locked"), "utf8");
  expect(key).toContain("ENCRYPTED PRIVATE KEY");
  const opened = createPrivateKey({ key, passphrase: SECRET });
  expect([opened.asymmetricKeyType, opened.asymmetricKeyDetails?.modulusLength]).toEqual([
    "rsa",
    2048,
  ]);
  expect(existsSync(layout.leafPfx("rsa-pfx"))).toBe(true);
});

interface Wrong {
  readonly what: string;
  readonly credentials?: unknown;
  /** Makes the store wrong in which `cave` has good files of somebody else's CA. */
  readonly spoil: (certs: string) => Promise<void> | void;
  readonly told: readonly string[];
}

const layoutOf = certsLayout;
const WRONG: readonly Wrong[] = [
  {
    what: "no PEM",
    spoil: (certs) => void writeTestFile(layoutOf(certs).leafFullChain("cave"), "hello"),
    told: ["cave-full-chain.cert.pem: expected a certificate in PEM", "move the file away"],
  },
  {
    what: "expired",
    spoil: (certs) =>
      put(certs, "cave", {
        notBefore: new Date(Date.now() - 2 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      }),
    told: ["cave.cert.pem", "got one that expired on 20", "Somebody Else", "renew it"],
  },
  {
    what: "not yet valid",
    spoil: (certs) => put(certs, "cave", { notBefore: new Date(Date.now() + DAY_MS) }),
    told: ["cave", "is not valid before 20", "clock"],
  },
  {
    what: "the key of another certificate",
    spoil: async (certs) => {
      const { privateKeyPem } = await pki.leaf("stranger");
      writeTestFile(layoutOf(certs).leafKey("cave"), privateKeyPem);
    },
    told: ["cave.key.pem: expected the private key of the certificate", "of one device"],
  },
  {
    what: "a key that is none",
    spoil: (certs) => void writeTestFile(layoutOf(certs).leafKey("cave"), "hello"),
    told: ["cave.key.pem: expected a private key in PEM", "hint:"],
  },
  {
    what: "no key",
    spoil: (certs) => rmSync(layoutOf(certs).leafKey("cave")),
    told: ["got one that has no private key in", "put its private key there"],
  },
  {
    what: "a common name that is not the registration id",
    spoil: async (certs) =>
      writeLeaf(certs, "cave", await pki.leaf("cellar", { signer: pki.otherRoot })),
    told: ['expected the common name "cave" (the registration id), got "cellar"', "rename"],
  },
  {
    what: "an encrypted key without passphrase",
    spoil: (certs) => encryptKey(certs, "cave"),
    told: [
      "cave.key.pem: expected a key that can be read without a passphrase",
      "credentials.passphrase",
    ],
  },
  {
    what: "a wrong passphrase",
    credentials: { ...pem, passphrase: { env: "OTHER_SECRET" } },
    spoil: (certs) => encryptKey(certs, "cave"),
    told: ["cave.key.pem: expected the passphrase that the key was encrypted with"],
  },
  {
    what: "a foreign file where a CA belongs",
    spoil: (certs) => {
      copyFileSync(layoutOf(certs).leafCert("cave"), layoutOf(certs).rootCert);
    },
    told: ["root.ca.cert.pem: expected the certificate of a CA", "move the file away"],
  },
  {
    what: "a PFX that is none",
    credentials: pfx,
    spoil: (certs) => void writeTestFile(layoutOf(certs).leafPfx("cave"), "hello"),
    told: ["cave-full-chain.cert.pfx: expected a PKCS #12 file", "openssl pkcs12 -export"],
  },
  ...(hasOpenssl
    ? [
        {
          what: "a wrong PFX password",
          credentials: { format: "pfx", password: { env: "OTHER_SECRET" } },
          spoil: (certs: string) => toPfx(certs, "cave", "", SECRET),
          told: ["cave-full-chain.cert.pfx: expected the password", "credentials.password"],
        },
        {
          what: "a PFX without MAC",
          credentials: pfx,
          spoil: (certs: string) => toPfx(certs, "cave", " -nomac", SECRET),
          told: ["cave-full-chain.cert.pfx: expected a MAC", "openssl pkcs12 -legacy"],
        },
        {
          what: "a PFX with RC2",
          credentials: pfx,
          spoil: (certs: string) =>
            toPfx(certs, "cave", " -legacy -certpbe PBE-SHA1-RC2-40", SECRET),
          told: ["expected encryption with AES or 3DES, got RC2-40", "openssl pkcs12 -legacy"],
        },
      ]
    : []),
];

test.each(WRONG)(
  "$what ends 2 with the file and the mend, and nothing is written",
  async (wrong) => {
    const certs = join(place.dir, `wrong ${wrong.what}`);
    const out = `${certs}-out`;
    await put(certs, "cave");
    await wrong.spoil(certs);
    const before = readdirSync(certs, { recursive: true });
    const entry = { registrationId: "cave", credentials: wrong.credentials ?? pem };
    const scenario = await scenarioOf("wrong", [entry]);
    const argv = ["run", scenario, "--emulator", emulatorFile, "--certs", certs, "--out", out];
    const { exitCode, stderr } = await runHere(place.dir, argv, env);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    for (const text of wrong.told) expect(stderr).toContain(text);
    expect(stderr).not.toMatch(/\n\s+at |cave secret/);
    expect(exitCode).toBe(2);
    expect(readdirSync(certs, { recursive: true })).toEqual(before);
    expect(existsSync(out)).toBe(false);
  },
);

test("a group that holds another CA ends 3, naming both and what to do", async () => {
  const [certs, other] = [join(place.dir, "group-certs"), join(place.dir, "group-other")];
  const scenario = await scenarioOf("taken", [{ registrationId: "cave", credentials: pem }]);
  const args = (dir: string): readonly string[] => {
    const where = ["--certs", dir, "--out", `${dir}-out`];
    return ["run", scenario, "--emulator", emulatorFile, ...where, "--id-scope", "0ne00000000"];
  };
  // The wrong ID scope: the first run makes the group, and its device is refused.
  await using first = new Program(args(certs));
  const refused = await first.ended;
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain("doctor explain cave");
  const { exitCode, stderr } = await runHere(place.dir, args(other));
  expect(stderr).toMatch(/group "taken" .* holds another CA[\s\S]*SHA-1: expected [\s\S]*hint: /);
  expect(exitCode).toBe(3);
});
