import { createPrivateKey } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FleetCertificates } from "../../../src/pki/fleet-certificates.ts";
import { ensureFleetCertificates } from "../../../src/pki/fleet-certificates.ts";
import type { KeyKind } from "../../../src/pki/key-kind.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import type { FleetDevice } from "../../../src/pki/leaf-plan.ts";
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

/** Every file of the store with its content: equal before and after means that nothing was written. */
function contents(): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    files
      .filter((file) => statSync(join(dir, file)).isFile())
      .map((file) => [file, readFileSync(join(dir, file), "base64")]),
  );
}

test("a foreign leaf with its key is used as it is, and its own CA is the group's", async () => {
  const pki = await testPki(now);
  writeLeaf(dir, "a", await pki.leaf("a", { signer: pki.otherRoot }));
  const before = contents();
  const result = await ensure([pem("a")]);
  expect(result).toMatchObject({ issued: 0, reused: 1, caCreated: false });
  expect(result.groupCas[0].certificatePem).toBe(pki.otherRoot.certificatePem);
  expect(contents()).toEqual(before);
});

test.each([
  ["expired", { notAfter: later(-1), notBefore: later(-9) }, {}, "expired on 2026-02-28"],
  ["not yet valid", { notBefore: later(1) }, {}, "is not valid before 2026-03-02"],
  ["of another key kind than asked", {}, { keyKind: "p384" as const }, "of kind p256, not p384"],
])(
  "a foreign leaf that is %s is refused by its signer's name, and nothing is written",
  async (_, issue, ask, why) => {
    const pki = await testPki(now);
    writeLeaf(dir, "a", await pki.leaf("a", { signer: pki.otherRoot, ...issue }));
    const before = contents();
    const error = await refusal(ensure([pem("b"), pem("a")], ask));
    expect(error.code).toBe("FOREIGN_FILE");
    expect(error.message).toContain(certsLayout(dir).leafCert("a"));
    expect(error.message).toContain(why);
    expect(error.message).toContain("Somebody Else Root");
    expect(error.hint).toBeTruthy();
    expect(contents()).toEqual(before);
  },
);

test("a foreign leaf without its key is refused", async () => {
  const pki = await testPki(now);
  writeLeaf(dir, "a", await pki.leaf("a", { signer: pki.otherRoot }));
  rmSync(certsLayout(dir).leafKey("a"));
  const error = await refusal(ensure([pem("a")]));
  expect(error.code).toBe("FOREIGN_FILE");
  expect(error.message).toContain("has no private key in");
});

test("garbage where files of ours would go is refused, all of it at once", async () => {
  const layout = certsLayout(dir);
  writeTestFile(layout.leafCert("a"), "not a certificate");
  writeTestFile(layout.leafKey("b"), "not a key");
  writeTestFile(layout.leafFullChain("c"), "");
  writeTestFile(layout.rootCert, "no CA");
  const before = contents();
  const error = await refusal(ensure([pem("a"), pem("b"), pem("c"), pem("d")]));
  expect(error.code).toBe("FOREIGN_FILE");
  expect(error.problems.map(({ place }) => place).toSorted()).toEqual(
    [
      layout.leafCert("a"),
      layout.leafFullChain("c"),
      layout.leafKey("b"),
      layout.rootCert,
    ].toSorted(),
  );
  expect(contents()).toEqual(before);
});

test("key or certificate of another device is one clear error", async () => {
  await ensure([pem("a"), pem("b"), pem("c")]);
  const layout = certsLayout(dir);
  copyFileSync(layout.leafKey("b"), layout.leafKey("a"));
  copyFileSync(layout.leafCert("c"), layout.leafCert("b"));
  copyFileSync(layout.leafFullChain("c"), layout.leafFullChain("b"));
  copyFileSync(layout.leafKey("c"), layout.leafKey("b"));
  const error = await refusal(ensure([pem("a"), pem("b"), pem("c")]));
  expect(error.code).toBe("CERTIFICATE_INVALID");
  expect(error.problems.map(({ place }) => place)).toEqual([
    layout.leafKey("a"),
    layout.leafCert("b"),
  ]);
  expect(error.problems[1]?.message).toContain(
    'expected the common name "b" (the registration id), got "c"',
  );
});

test("a CA whose key is missing, of another CA or encrypted cannot sign, and is not replaced", async () => {
  await ensure([pem("a")]);
  const layout = certsLayout(dir);
  const key = createPrivateKey(readFileSync(layout.intermediateKey));
  const encrypted = key.export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "1234",
  });
  for (const [change, message] of [
    [() => rmSync(layout.intermediateKey), "to sign leaves with, got no file"],
    [
      () => copyFileSync(layout.leafKey("a"), layout.intermediateKey),
      "got the key of another certificate",
    ],
    [() => writeFileSync(layout.intermediateKey, encrypted), "got an encrypted one"],
  ] as const) {
    change();
    const error = await refusal(ensure([pem("a"), pem("b")]));
    expect(error.code).toBe("CERTIFICATE_INVALID");
    expect(error.message).toContain(message);
    // What is there can still be used.
    expect(await ensure([pem("a")])).toMatchObject({ reused: 1 });
  }
});

test("an id that is too long, or whose file is another certificate's, is refused", async () => {
  const ids = ["x".repeat(65), "azure-iot-test-only.root.ca", "a-full-chain", "b.intermediate"];
  const error = await refusal(ensure(ids.map(pem)));
  expect(error.problems).toHaveLength(4);
  expect(existsSync(dir)).toBe(false);
});

test("a PFX with another password is one clear error, and garbage in its place is foreign", async () => {
  const device: FleetDevice = { registrationId: "a", format: "pfx", password: "secret" };
  await ensure([device]);
  const wrong = await refusal(ensure([{ ...device, password: "other" }]));
  expect(wrong.code).toBe("CERTIFICATE_INVALID");
  expect(wrong.message).toContain("a-full-chain.cert.pfx: expected the password");
  writeFileSync(certsLayout(dir).leafPfx("a"), "garbage");
  expect((await refusal(ensure([device]))).code).toBe("FOREIGN_FILE");
});
