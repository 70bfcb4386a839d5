import { X509Certificate } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";

import { issueLeaves } from "../../src/pki/issue-leaves.ts";
import { readIdentity } from "../../src/pki/identity-file.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { certificateBlocks } from "../../src/pki/pem.ts";
import type { StopSignal } from "../../src/cli/host.ts";
import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { temporaryDir, testPki, writeLeaf, writeTestFile } from "../support/pki.ts";

/** A store with three CAs, of which each test has a copy. */
const store = temporaryDir();
let dir: ReturnType<typeof temporaryDir>;
beforeAll(async () => {
  for (const words of ["root", "intermediate", "intermediate line --signer intermediate"])
    await runHere(store.path, ["certs", ...words.split(" ")]);
});
afterAll(() => store[Symbol.dispose]());
beforeEach(() => {
  dir = temporaryDir();
  cpSync(store.path, dir.path, { recursive: true });
});
afterEach(() => dir[Symbol.dispose]());

const certs = (words: string, signal?: StopSignal): Promise<CliEnd> =>
  runHere(dir.path, ["certs", ...words.split(" ")], {}, signal);
const layout = () => certsLayout(join(dir.path, "certs"));
const chainOf = (id: string): X509Certificate[] =>
  certificateBlocks(readFileSync(layout().leafFullChain(id), "utf8")).map(
    (pem) => new X509Certificate(pem),
  );
const done = (end: CliEnd): string[] =>
  z
    .array(z.object({ done: z.string() }))
    .parse(JSON.parse(end.stdout))
    .map((leaf) => leaf.done);

test("a leaf is written with its chain up to the root, told with files and thumbprints, and kept later", async () => {
  const issued = await certs("leaf cave:1 --signer line --days 10 --json");
  const { leafCert, leafFullChain, leafKey } = layout();
  const [leaf] = chainOf("cave:1");
  expect(JSON.parse(issued.stdout)).toEqual([
    {
      id: "cave:1",
      done: "issued",
      files: {
        certificate: leafCert("cave:1"),
        fullChain: leafFullChain("cave:1"),
        key: leafKey("cave:1"),
      },
      subject: "CN=cave:1",
      issuer: "O=dps-fleet, CN=line",
      validFrom: expect.any(String),
      validTo: new Date(leaf?.validTo ?? "").toISOString(),
      keyKind: "p256",
      thumbprints: {
        sha1: leaf?.fingerprint.replaceAll(":", ""),
        sha256: leaf?.fingerprint256.replaceAll(":", ""),
      },
    },
  ]);
  expect(chainOf("cave:1").map(({ subject }) => subject.replace(/[^]*CN=/, ""))).toEqual([
    "cave:1",
    "line",
    "dps-fleet test-only intermediate CA",
    "dps-fleet test-only root CA",
  ]);
  expect(done(await certs("leaf cave:1 --json"))).toEqual(["kept"]);
  expect(chainOf("cave:1")[0]?.fingerprint).toBe(leaf?.fingerprint);
});

test("with --force, or for another signer, a leaf is issued anew and the old pair kept", async () => {
  await certs("leaf a");
  const key = readFileSync(layout().leafKey("a"), "utf8");
  expect(done(await certs("leaf a b --signer line --json"))).toEqual(["reissued", "issued"]);
  expect(readFileSync(layout().leafKey("a"), "utf8")).toBe(key);
  expect(done(await certs("leaf a --force --json"))).toEqual(["reissued"]);
  expect(readFileSync(layout().leafKey("a"), "utf8")).not.toBe(key);
  const kept = readdirSync(layout().privateDir).filter((file) => /^a\.\w{8}\.key/.test(file));
  expect(kept).toHaveLength(2);
  await readIdentity({
    dir: layout().dir,
    registrationId: "a",
    credentials: { format: "pem" },
    env: {},
    now: new Date(),
  });
});

test("ids come from a pattern, or a table with what each is to be like", async () => {
  expect(await certs("leaf --pattern cave{01..12}")).toMatchObject({
    exitCode: 0,
    stdout: "in certs: 12 issued, 0 issued anew, 0 were there\n",
  });
  expect(existsSync(layout().leafKey("cave12"))).toBe(true);
  writeTestFile(
    join(dir.path, "d.csv"),
    "registrationId,days,keyKind,signer\ncave01,,,\nx,7,p384,line\n",
  );
  const end = await certs("leaf --from d.csv --json");
  expect(JSON.parse(end.stdout)).toMatchObject([
    { id: "cave01", done: "kept" },
    { id: "x", keyKind: "p384", issuer: "O=dps-fleet, CN=line" },
  ]);
});

test.for([
  ["leaf", /ID: expected registration ids, --pattern or --from, got none/],
  ["leaf a --pattern b{1..2}", /got more than one of them/],
  ["leaf Cave cave", /got "cave" beside "Cave", which differs in case only/],
  ["leaf --from none.csv", /none\.csv: expected a table that can be read/],
  ["leaf a --signer nobody", /--signer: expected one of intermediate, root, line, got "nobody"/],
  ["leaf a-full-chain azure-iot-test-only.root.ca", /name of another certificate of the store/],
  ["leaf cave. --defect expired", /cave\.\.cert\.pem: expected a registration id of letters/],
  ["leaf käse", /K%C3%A4se\.cert\.pem: expected a registration id of letters, digits/i],
  [`leaf ${"x".repeat(65)}`, /expected a registration id of at most 64 characters/],
  ["leaf --from twice.csv", /twice\.csv:3: .*"a" a second time \(twice\.csv:2\)/],
] as const)("%s ends with 2, and nothing is written", async ([words, said]) => {
  writeTestFile(join(dir.path, "twice.csv"), "registrationId\na\na\n");
  const before = readdirSync(layout().dir);
  expect(await certs(words)).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(said),
  });
  expect(readdirSync(layout().dir)).toEqual(before);
});

test("a leaf of others is never replaced, and who signed it is told", async () => {
  const pki = await testPki();
  writeLeaf(layout().dir, "a", await pki.leaf("a", { signer: pki.otherRoot }));
  const key = readFileSync(layout().leafKey("a"), "utf8");
  for (const words of ["leaf a b", "leaf a b --force", "leaf a b --signer line"])
    expect(await certs(words)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/signed by O=Somebody Else[^]*FOREIGN_FILE/),
    });
  expect(readFileSync(layout().leafKey("a"), "utf8")).toBe(key);
  expect(existsSync(layout().leafCert("b"))).toBe(false);
});

test("Ctrl-C ends it with 130", async () => {
  expect(await certs("leaf a", "SIGINT")).toMatchObject({
    exitCode: 130,
    stdout: "",
    stderr: expect.stringContaining("hint: run it again: it goes on where it was"),
  });
  expect(existsSync(layout().leafKey("a"))).toBe(false);
});

test("stopped in the middle it leaves whole identities, and the next call goes on from there", async () => {
  const leaves = Array.from({ length: 60 }, (_, n) => ({ registrationId: `d${n}` }));
  const options = {
    dir: layout().dir,
    leaves,
    force: false,
    now: new Date(),
    passphraseOf: () => Promise.resolve(undefined),
  };
  const stop = new AbortController();
  const attempt = issueLeaves({
    ...options,
    signal: stop.signal,
    onProgress: (count) => {
      if (count > 0) stop.abort(new Error("enough"));
    },
  });
  await expect(attempt).rejects.toThrow("enough");
  const there = leaves.filter(({ registrationId: id }) => existsSync(layout().leafKey(id)));
  expect(there.length).toBeGreaterThan(0);
  expect(there.length).toBeLessThan(60);
  for (const { registrationId } of there)
    await readIdentity({ ...options, registrationId, credentials: { format: "pem" }, env: {} });
  const outcomes = await issueLeaves(options);
  expect(outcomes.filter(({ done: how }) => how === "kept")).toHaveLength(there.length);
});

test("a verification code is signed by the root, or by the signer, and its key is nowhere", async () => {
  const signerOf = (): string => {
    const proof = new X509Certificate(readFileSync(layout().verificationCert));
    return `${proof.subject}, ${proof.issuer.split("\n")[1]}`;
  };
  const keys = readdirSync(layout().privateDir);
  expect(await certs("verify 106A5SD242AF512B")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("certs/verification-code.cert.pem"),
  });
  expect(signerOf()).toBe("CN=106A5SD242AF512B, CN=dps-fleet test-only root CA");
  expect(await certs("verify other --signer line --json")).toMatchObject({ exitCode: 0 });
  expect(signerOf()).toBe("CN=other, CN=line");
  expect(readdirSync(layout().privateDir)).toEqual(keys);
  expect(await certs(`verify ${"x".repeat(65)}`)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("CODE: expected a code of 1 to 64 characters"),
  });
  writeTestFile(layout().verificationCert, (await testPki()).otherRoot.certificatePem);
  expect(await certs("verify third")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/signed by O=Somebody Else[^]*FOREIGN_FILE/),
  });
});
