import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { FleetError } from "../../../src/base/errors.ts";
import type { KeyKind } from "../../../src/pki/key-kind.ts";
import { certificateBlocks } from "../../../src/pki/pem.ts";
import { isLegacyPfx } from "../../../src/pki/pfx-encrypt.ts";
import { readPfx } from "../../../src/pki/pfx-read.ts";
import { writePfx } from "../../../src/pki/pfx-write.ts";
import { hasOpenssl, openssl } from "../../support/openssl.ts";
import type { TestPki } from "../../support/pki.ts";
import { temporaryDir, testPki, writeTestFile } from "../../support/pki.ts";

let pki: TestPki;
beforeAll(async () => {
  pki = await testPki();
});

async function identity(keyKind: KeyKind = "p256") {
  const issued = await pki.leaf("dev1", { keyKind });
  const chain = certificateBlocks(issued.fullChainPem).map((pem) => new X509Certificate(pem));
  return { ...issued, chain };
}

function refusal(read: () => unknown): FleetError {
  try {
    read();
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error("it was read");
}

/** Whether it was read, or refused as an expected failure. */
function outcome(read: () => unknown): "read" | "refused" | "crashed" {
  try {
    read();
    return "read";
  } catch (error) {
    return error instanceof FleetError ? "refused" : "crashed";
  }
}

const PASSWORDS = ["secret", "", 'p@ss "w0rd" ü', "日本", "🧀"];

const PROTECTIONS = ["aes256", "3des"] as const;
const EACH_WAY = PASSWORDS.flatMap((password) =>
  PROTECTIONS.map((protection) => [protection, password] as const),
);

test.each(EACH_WAY)(
  "reading a PFX of %s undoes writing it, with password %j",
  async (protection, password) => {
    // Keys are in PKCS#8, whatever their kind, and passwords do not know them: one password sees both kinds.
    for (const kind of password === "secret"
      ? (["p256", "rsa2048"] as const)
      : (["p256"] as const)) {
      const { chain, key } = await identity(kind);
      const pfx = writePfx({ chain, key, password, protection });
      expect(isLegacyPfx(pfx)).toBe(protection === "3des");
      const read = readPfx(pfx, { file: "a.pfx", password });
      expect(read.chain.map(({ fingerprint256 }) => fingerprint256)).toEqual(
        chain.map(({ fingerprint256 }) => fingerprint256),
      );
      expect(read.key.equals(key)).toBe(true);
    }
  },
);

test.each(EACH_WAY)(
  "Node opens what we write with %s, with password %j",
  async (protection, password) => {
    const { chain, key } = await identity();
    const pfx = writePfx({ chain, key, password, protection });
    expect(() => createSecureContext({ pfx, passphrase: password })).not.toThrow();
  },
);

test("a wrong and a missing password are told apart", async () => {
  const { chain, key } = await identity();
  const pfx = writePfx({ chain, key, password: "secret" });
  expect(refusal(() => readPfx(pfx, { file: "a.pfx", password: "other" })).message).toContain(
    "a.pfx: expected the password that the file was made with",
  );
  const missing = refusal(() => readPfx(pfx, { file: "a.pfx", password: "" }));
  expect(missing.message).toBe("a.pfx: expected a password, got none");
  expect(missing.code).toBe("CERTIFICATE_INVALID");
  expect(missing.hint).toContain("credentials.password");
});

test("the leaf is the certificate of the key, in whatever order the file has them", async () => {
  const { chain, key } = await identity();
  const shuffled = [chain[2], chain[0], chain[1]].filter((one) => one !== undefined);
  const read = readPfx(writePfx({ chain: shuffled, key, password: "x" }), {
    file: "a.pfx",
    password: "x",
  });
  expect(read.chain.map(({ subject }) => subject)).toEqual(chain.map(({ subject }) => subject));
});

test("a PFX whose key belongs to no certificate in it is refused", async () => {
  const { chain } = await identity();
  const stranger = await identity();
  const pfx = writePfx({ chain, key: stranger.key, password: "x" });
  expect(refusal(() => readPfx(pfx, { file: "a.pfx", password: "x" })).message).toContain(
    "got 3 certificates, none of them of this key",
  );
});

test("any bytes are read or refused with a FleetError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(refusal(() => readPfx(bytes, { file: "a.pfx", password: "" }))).toBeInstanceOf(
        FleetError,
      );
    }),
  );
});

test("a PFX with any one octet changed is read or refused with a FleetError", async () => {
  const { chain, key } = await identity();
  const pfx = writePfx({ chain: chain.slice(0, 1), key, password: "x" });
  fc.assert(
    fc.property(fc.nat(pfx.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(pfx);
      changed.writeUInt8(changed.readUInt8(at) ^ change, at);
      expect(outcome(() => readPfx(changed, { file: "a.pfx", password: "x" }))).not.toBe("crashed");
    }),
    { numRuns: 60 },
  );
});

/** A PFX that openssl made of a fresh identity. */
async function exported(password: string, ...options: readonly string[]) {
  await using dir = temporaryDir();
  const { fullChainPem, privateKeyPem, key, chain } = await identity();
  const file = join(dir.path, "a.pfx");
  const chainFile = writeTestFile(join(dir.path, "chain.pem"), fullChainPem);
  const keyFile = writeTestFile(join(dir.path, "key.pem"), privateKeyPem);
  openssl("pkcs12 -export -in", [
    chainFile,
    "-inkey",
    keyFile,
    "-out",
    file,
    "-passout",
    `pass:${password}`,
    ...options,
  ]);
  return { pfx: readFileSync(file), key, chain };
}

describe.skipIf(!hasOpenssl)("files of openssl", () => {
  const AES: readonly string[] = [];
  const TRIPLE_DES = ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"];

  test.each([
    ["PBES2 with AES-256, as OpenSSL 3 writes", AES],
    ["3DES for both, as OpenSSL 1.1 can write", TRIPLE_DES],
    [
      "AES-128 and a SHA-512 MAC",
      ["-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC", "-macalg", "sha512"],
    ],
    ["parts that are not encrypted", ["-keypbe", "NONE", "-certpbe", "NONE"]],
    ["one round of derivation", ["-noiter", "-nomaciter"]],
  ])("%s are read, with and without a password", async (_, options) => {
    for (const password of ["secret", "", "Käse"]) {
      const { pfx, key, chain } = await exported(password, ...options);
      const read = readPfx(pfx, { file: "a.pfx", password });
      expect(read.key.equals(key)).toBe(true);
      expect(read.chain.map(({ subject }) => subject)).toEqual(chain.map(({ subject }) => subject));
    }
  });

  test("RC2 is refused with the commands that convert the file", async () => {
    const refused = await exported("secret", "-legacy", "-certpbe", "PBE-SHA1-RC2-40").then(
      ({ pfx }) => refusal(() => readPfx(pfx, { file: "certs/a.pfx", password: "secret" })),
    );
    expect(refused.message).toContain("expected encryption with AES or 3DES, got RC2-40");
    expect(refused.hint).toContain("openssl pkcs12 -legacy -in certs/a.pfx");
  });

  test("a file without MAC is refused with the commands that convert it", async () => {
    const { pfx } = await exported("secret", "-nomac");
    const refused = refusal(() => readPfx(pfx, { file: "a.pfx", password: "secret" }));
    expect(refused.message).toContain("expected a MAC");
    expect(refused.hint).toContain("openssl pkcs12");
  });

  test.each(EACH_WAY)(
    "openssl reads what we write with %s, with password %j",
    async (protection, password) => {
      await using dir = temporaryDir();
      const { chain, key } = await identity();
      const pfx = writePfx({ chain, key, password, protection });
      const file = writeTestFile(join(dir.path, "a.pfx"), pfx);
      const pass = writeTestFile(join(dir.path, "password"), `${password}\n`);
      const text = openssl("pkcs12 -nodes -passin", [`file:${pass}`, "-in", file]);
      expect(certificateBlocks(text)).toHaveLength(3);
      expect(createPrivateKey(text.slice(text.indexOf("-----BEGIN PRIVATE"))).equals(key)).toBe(
        true,
      );
    },
  );
});
