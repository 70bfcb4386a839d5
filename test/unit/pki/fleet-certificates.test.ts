import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { issueIntermediate, issueLeaf, issueRoot } from "../../../src/pki/certificate.ts";
import type { FleetCertificates } from "../../../src/pki/fleet-certificates.ts";
import { ensureFleetCertificates } from "../../../src/pki/fleet-certificates.ts";
import { readIdentity } from "../../../src/pki/identity-file.ts";
import type { KeyKind } from "../../../src/pki/key-kind.ts";
import { keyKindOf } from "../../../src/pki/key-kind.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import type { FleetDevice } from "../../../src/pki/leaf-plan.ts";
import { certificateBlocks } from "../../../src/pki/pem.ts";
import { readPfx } from "../../../src/pki/pfx-read.ts";
import { refusal } from "../../support/refusal.ts";
import { temporaryDir, testPki, writeLeaf, writeTestFile } from "../../support/pki.ts";

const now = new Date("2026-03-01T12:00:00Z");
const later = (days: number): Date => new Date(now.getTime() + days * 86_400_000);

let store: ReturnType<typeof temporaryDir>;
let dir: string;
beforeEach(() => {
  store = temporaryDir();
  dir = join(store.path, "certs");
});
afterEach(() => store[Symbol.dispose]());

const pem = (registrationId: string): FleetDevice => ({ registrationId, format: "pem" });
const ensure = (
  devices: readonly FleetDevice[],
  options: { now?: Date; keyKind?: KeyKind } = {},
): Promise<FleetCertificates> => ensureFleetCertificates({ dir, devices, now, ...options });
const certificateAt = (file: string): X509Certificate => new X509Certificate(readFileSync(file));
const identityOf = (registrationId: string, at = now) =>
  readIdentity({ dir, registrationId, credentials: { format: "pem" }, env: {}, now: at });
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Every file of the store with its content: equal before and after means that nothing was written. */
function contents(): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    files
      .filter((file) => statSync(join(dir, file)).isFile())
      .map((file) => [file, readFileSync(join(dir, file), "base64")]),
  );
}

test("an empty folder gets root, intermediate and a leaf a device, in the tutorials' names and modes", async () => {
  const result = await ensure([pem("cave1"), pem("dev:2")]);
  expect(result).toMatchObject({ issued: 2, reissued: 0, reused: 0, caCreated: true });
  expect(Object.keys(contents()).toSorted()).toEqual([
    "azure-iot-test-only.intermediate.cert.pem",
    "azure-iot-test-only.root.ca.cert.pem",
    "cave1-full-chain.cert.pem",
    "cave1.cert.pem",
    "dev%3A2-full-chain.cert.pem",
    "dev%3A2.cert.pem",
    "private/azure-iot-test-only.intermediate.key.pem",
    "private/azure-iot-test-only.root.ca.key.pem",
    "private/cave1.key.pem",
    "private/dev%3A2.key.pem",
  ]);
  expect([modeOf(dir), modeOf(join(dir, "private"))]).toEqual(["700", "700"]);
  expect(modeOf(join(dir, "private/cave1.key.pem"))).toBe("600");
  expect(modeOf(certsLayout(dir).rootKey)).toBe("600");
  const { chainPem } = await identityOf("dev:2");
  expect(certificateBlocks(chainPem)).toHaveLength(3);
  expect(result.groupCas[0].file).toBe(certsLayout(dir).intermediateCert);
  expect(certificateBlocks(chainPem)[1]).toBe(result.groupCas[0].certificatePem);
});

test("a second run uses what is there and writes nothing", async () => {
  await ensure([pem("a"), pem("b")]);
  const before = contents();
  expect(await ensure([pem("a"), pem("b")])).toMatchObject({
    issued: 0,
    reused: 2,
    caCreated: false,
  });
  expect(contents()).toEqual(before);
});

test("an expired leaf of ours is issued anew for its old key, and the old pair stays beside it", async () => {
  await ensure([pem("a")]);
  const layout = certsLayout(dir);
  const old = certificateAt(layout.leafCert("a"));
  const oldKey = readFileSync(layout.leafKey("a"), "utf8");
  const result = await ensure([pem("a")], { now: later(400) });
  expect(result).toMatchObject({ issued: 0, reissued: 1, caCreated: false });
  const mark = old.fingerprint.replaceAll(":", "").slice(0, 8).toLowerCase();
  expect(certificateAt(join(dir, `a.${mark}.cert.pem`)).fingerprint).toBe(old.fingerprint);
  expect(readFileSync(join(dir, `private/a.${mark}.key.pem`), "utf8")).toBe(oldKey);
  expect(modeOf(join(dir, `private/a.${mark}.key.pem`))).toBe("600");
  expect(readFileSync(layout.leafKey("a"), "utf8")).toBe(oldKey);
  expect((await identityOf("a", later(400))).leaf.fingerprint).not.toBe(old.fingerprint);
});

test("another key kind gets a new key, and without one asked any kind will do", async () => {
  await ensure([pem("a")]);
  expect(await ensure([pem("a")], { keyKind: "p384" })).toMatchObject({ reissued: 1 });
  expect(keyKindOf((await identityOf("a")).key)).toBe("p384");
  expect(await ensure([pem("a")])).toMatchObject({ reused: 1 });
  expect(
    readdirSync(join(dir, "private")).filter((file) => /^a\.\w{8}\.key/.test(file)),
  ).toHaveLength(1);
});

test("a run that was killed between a new key and its certificate is taken up by the next", async () => {
  await ensure([pem("a")]);
  const layout = certsLayout(dir);
  const old = {
    cert: readFileSync(layout.leafCert("a")),
    chain: readFileSync(layout.leafFullChain("a")),
  };
  await ensure([pem("a")], { keyKind: "p384" });
  const newKey = readFileSync(layout.leafKey("a"), "utf8");
  writeTestFile(layout.leafCert("a"), old.cert);
  writeTestFile(layout.leafFullChain("a"), old.chain);
  expect(await ensure([pem("a")], { keyKind: "p384" })).toMatchObject({ reissued: 1 });
  expect(readFileSync(layout.leafKey("a"), "utf8")).toBe(newKey);
  await identityOf("a");
});

test("a device's own key kind goes before the fleet's", async () => {
  await ensure([{ ...pem("a"), keyKind: "p384" }, pem("b")], { keyKind: "rsa2048" });
  expect(keyKindOf((await identityOf("a")).key)).toBe("p384");
  expect(keyKindOf((await identityOf("b")).key)).toBe("rsa2048");
});

test("a leaf of an older CA of ours is issued anew", async () => {
  await ensure([pem("a")]);
  const layout = certsLayout(dir);
  for (const file of [
    layout.rootCert,
    layout.rootKey,
    layout.intermediateCert,
    layout.intermediateKey,
  ]) {
    rmSync(file);
  }
  expect(await ensure([pem("a")])).toMatchObject({ reissued: 1, caCreated: true });
  const { chainPem } = await identityOf("a");
  expect(certificateBlocks(chainPem)[1]).toBe(certificateAt(layout.intermediateCert).toString());
});

test("a lost full chain is written again from certificate and CA", async () => {
  await ensure([pem("a")]);
  const file = certsLayout(dir).leafFullChain("a");
  const chain = readFileSync(file, "utf8");
  rmSync(file);
  expect(await ensure([pem("a")])).toMatchObject({ reused: 1, issued: 0 });
  expect(readFileSync(file, "utf8")).toBe(chain);
});

test("a key that stands alone is certified, not replaced", async () => {
  await ensure([pem("a")]);
  const layout = certsLayout(dir);
  const key = readFileSync(layout.leafKey("a"), "utf8");
  rmSync(layout.leafCert("a"));
  rmSync(layout.leafFullChain("a"));
  expect(await ensure([pem("a")])).toMatchObject({ issued: 1 });
  expect(readFileSync(layout.leafKey("a"), "utf8")).toBe(key);
  await identityOf("a");
});

test("a CA of ours that has run out is renewed for its key, and every chain follows", async () => {
  await ensure([pem("a")]);
  const layout = certsLayout(dir);
  const keys = [readFileSync(layout.rootKey, "utf8"), readFileSync(layout.intermediateKey, "utf8")];
  const then = later(4000);
  expect(await ensure([pem("a")], { now: then })).toMatchObject({ reissued: 1, caCreated: true });
  expect([
    readFileSync(layout.rootKey, "utf8"),
    readFileSync(layout.intermediateKey, "utf8"),
  ]).toEqual(keys);
  await identityOf("a", then);
  expect(readdirSync(dir).filter((file) => /\.[0-9a-f]{8}\.cert\.pem$/.test(file))).toHaveLength(3);
});

test("with a root only, the root signs", async () => {
  const pki = await testPki(now);
  const layout = certsLayout(dir);
  writeTestFile(layout.rootCert, pki.otherRoot.certificatePem);
  writeTestFile(layout.rootKey, pki.otherRoot.privateKeyPem);
  const result = await ensure([pem("a")]);
  expect(result.caCreated).toBe(false);
  expect(result.groupCas).toEqual([
    { certificatePem: pki.otherRoot.certificatePem, file: layout.rootCert },
  ]);
  expect(existsSync(layout.intermediateCert)).toBe(false);
  expect((await identityOf("a")).leaf.issuer).toContain("Somebody Else Root");
});

test("a passphrase encrypts the key that is written, and reads it back", async () => {
  const device: FleetDevice = { ...pem("a"), passphrase: "Käse" };
  await ensure([device]);
  expect(readFileSync(certsLayout(dir).leafKey("a"), "utf8")).toContain("ENCRYPTED PRIVATE KEY");
  expect(await ensure([device])).toMatchObject({ reused: 1 });
  expect((await refusal(ensure([pem("a")]))).message).toContain("got an encrypted one");
  const wrong = await refusal(ensure([{ ...device, passphrase: "other" }]));
  expect(wrong.code).toBe("CERTIFICATE_INVALID");
  expect(wrong.message).toContain("expected the passphrase that the key was encrypted with");
});

test("a PFX holds leaf, chain and key, is for its owner alone, and is made from a PEM pair that is there", async () => {
  await ensure([pem("a")]);
  const device: FleetDevice = { registrationId: "a", format: "pfx", password: "secret" };
  expect(await ensure([device])).toMatchObject({ issued: 0, reused: 1 });
  const file = certsLayout(dir).leafPfx("a");
  expect(modeOf(file)).toBe("600");
  const { chain } = readPfx(readFileSync(file), { file, password: "secret" });
  expect(chain).toHaveLength(3);
  expect(chain[0]?.fingerprint).toBe(certificateAt(certsLayout(dir).leafCert("a")).fingerprint);
  const before = contents();
  expect(await ensure([device])).toMatchObject({ reused: 1 });
  expect(contents()).toEqual(before);
});

test("a PFX is issued with all four files, renewed when it has run out, and kept beside", async () => {
  const device: FleetDevice = { registrationId: "a", format: "pfx" };
  expect(await ensure([device])).toMatchObject({ issued: 1 });
  expect(Object.keys(contents()).filter((file) => file.includes("a."))).toContain(
    "private/a.key.pem",
  );
  expect(await ensure([device], { now: later(400) })).toMatchObject({ reissued: 1 });
  const kept = readdirSync(dir).filter((file) => /^a\.[0-9a-f]{8}/.test(file));
  expect(kept.map((file) => file.replace(/[0-9a-f]{8}/, "X")).toSorted()).toEqual([
    "a.X-full-chain.cert.pfx",
    "a.X.cert.pem",
  ]);
  await readIdentity({
    dir,
    registrationId: "a",
    env: {},
    now: later(400),
    credentials: { format: "pfx" },
  });
});

test("leaves of two signers of one tree share the root as the group's CA", async () => {
  await ensure([pem("a")]);
  const layout = certsLayout(dir);
  const root = {
    certificatePem: readFileSync(layout.rootCert, "utf8"),
    chainPem: readFileSync(layout.rootCert, "utf8"),
    key: createPrivateKey(readFileSync(layout.rootKey)),
  };
  writeLeaf(dir, "b", await issueLeaf({ registrationId: "b", signer: root, now }));
  const { groupCas, reused } = await ensure([pem("a"), pem("b")]);
  expect({ files: groupCas.map(({ file }) => file), reused }).toEqual({
    files: [layout.rootCert],
    reused: 2,
  });
});

test("leaves of one product line can be enrolled by its intermediate, and by the root above", async () => {
  const layout = certsLayout(dir);
  const root = await issueRoot({ now });
  const line = await issueIntermediate({ subject: "line-a", signer: root, now });
  for (const [file, text] of [
    [layout.rootCert, root.certificatePem],
    [layout.rootKey, root.privateKeyPem],
    [layout.namedIntermediateCert("line-a"), line.certificatePem],
  ] as const)
    writeTestFile(file, text);
  writeLeaf(dir, "a", await issueLeaf({ registrationId: "a", signer: line, now }));
  writeLeaf(dir, "b", await issueLeaf({ registrationId: "b", signer: line, now }));
  const { groupCas, reused } = await ensure([pem("a"), pem("b")]);
  expect(reused).toBe(2);
  expect(groupCas).toEqual([
    { certificatePem: line.certificatePem, file: layout.namedIntermediateCert("line-a") },
    { certificatePem: root.certificatePem, file: layout.rootCert },
  ]);
});

test("progress ends at the number of leaves to make", async () => {
  const told: [number, number][] = [];
  await ensureFleetCertificates({
    dir,
    devices: Array.from({ length: 45 }, (_, n) => pem(`d${n}`)),
    now,
    onProgress: (done, total) => told.push([done, total]),
  });
  expect(told.at(-1)).toEqual([45, 45]);
  expect(told.length).toBeGreaterThan(1);
});

test("an abort ends it with the signal's reason, and the next call goes on from there", async () => {
  const controller = new AbortController();
  const devices = Array.from({ length: 60 }, (_, n) => pem(`d${n}`));
  const attempt = ensureFleetCertificates({
    dir,
    devices,
    now,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(attempt).rejects.toThrow("enough");
  expect(existsSync(join(dir, ".lock"))).toBe(false);
  const result = await ensure(devices);
  expect(result.issued).toBeGreaterThan(0);
  expect(result.issued + result.reused).toBe(60);
  for (const { registrationId } of devices) await identityOf(registrationId);
});

test("two at once for one folder make one CA and one leaf a device", async () => {
  const devices = Array.from({ length: 30 }, (_, n) => pem(`d${n}`));
  const [first, second] = await Promise.all([ensure(devices), ensure(devices)]);
  expect(first.issued + second.issued).toBe(30);
  expect(first.groupCas[0].certificatePem).toBe(second.groupCas[0].certificatePem);
  for (const { registrationId } of devices) await identityOf(registrationId);
  mkdirSync(join(dir, "untouched"));
  expect(readdirSync(dir).filter((file) => file.startsWith("."))).toEqual([]);
});
