import { createPrivateKey } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { issueServer } from "../../../src/pki/certificate.ts";
import { ensureFleetCertificates } from "../../../src/pki/fleet-certificates.ts";
import type { CertificateSpec } from "../../../src/base/certificate-spec.ts";
import type { IdentityMaterial } from "../../../src/pki/identity-file.ts";
import { readIdentity, secureContextOf } from "../../../src/pki/identity-file.ts";
import type { CertsLayout } from "../../../src/pki/layout.ts";
import { certsLayout } from "../../../src/pki/layout.ts";
import { certificateBlocks } from "../../../src/pki/pem.ts";
import { refusal } from "../../support/refusal.ts";
import type { TestPki } from "../../support/pki.ts";
import { temporaryDir, testPki, writeLeaf, writeTestFile } from "../../support/pki.ts";

const now = new Date();
const days = (count: number): Date => new Date(now.getTime() + count * 86_400_000);

let store: ReturnType<typeof temporaryDir>;
let layout: CertsLayout;
let pki: TestPki;
beforeEach(async () => {
  store = temporaryDir();
  layout = certsLayout(store.path);
  pki = await testPki(now);
});
afterEach(() => store[Symbol.dispose]());

const read = (
  credentials: CertificateSpec = { format: "pem" },
  env: Record<string, string> = {},
): Promise<IdentityMaterial> =>
  readIdentity({ dir: store.path, registrationId: "a", credentials, env, now });

test("a full chain with its key is read", async () => {
  const issued = await pki.leaf("a");
  writeLeaf(store.path, "a", issued);
  const material = await read();
  expect(material.chainPem).toBe(issued.fullChainPem);
  expect(material.key.equals(issued.key)).toBe(true);
  expect(material.source).toMatchObject({ kind: "pem", file: layout.leafFullChain("a") });
});

test("without a full chain the certificate alone does", async () => {
  const issued = await pki.leaf("a");
  writeLeaf(store.path, "a", issued);
  rmSync(layout.leafFullChain("a"));
  expect((await read()).chainPem).toBe(issued.certificatePem);
});

test("keys in the forms of older tools are read", async () => {
  writeLeaf(store.path, "a", await pki.leaf("a", { keyKind: "rsa2048" }));
  const { key } = await read();
  writeTestFile(layout.leafKey("a"), key.export({ type: "pkcs1", format: "pem" }));
  expect((await read()).key.equals(key)).toBe(true);
  const ec = await pki.leaf("a");
  writeLeaf(store.path, "a", ec);
  const parameters =
    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  writeTestFile(
    layout.leafKey("a"),
    `${parameters}${ec.key.export({ type: "sec1", format: "pem" }).toString()}`,
  );
  expect((await read()).key.equals(ec.key)).toBe(true);
  const traditional = ec.key.export({
    type: "sec1",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "x",
  });
  writeTestFile(layout.leafKey("a"), traditional);
  expect((await refusal(read())).message).toContain("got an encrypted one");
  expect(
    (await read({ format: "pem", passphrase: { env: "P" } }, { P: "x" })).key.equals(ec.key),
  ).toBe(true);
});

const CASES: readonly (readonly [string, () => Promise<void>, string, string])[] = [
  [
    "no files",
    async () => {},
    "FILE_INVALID",
    "a-full-chain.cert.pem: expected a certificate, got no file (and 1 more)",
  ],
  [
    "a certificate that is not PEM",
    async () => {
      writeLeaf(store.path, "a", await pki.leaf("a"));
      writeTestFile(layout.leafFullChain("a"), "hello");
    },
    "CERTIFICATE_INVALID",
    "expected certificates in PEM, got something else",
  ],
  [
    "a key that is not PEM",
    async () => {
      writeLeaf(store.path, "a", await pki.leaf("a"));
      writeTestFile(layout.leafKey("a"), "hello");
    },
    "CERTIFICATE_INVALID",
    "private/a.key.pem: expected a private key in PEM",
  ],
  [
    "an expired certificate",
    async () =>
      writeLeaf(store.path, "a", await pki.leaf("a", { notBefore: days(-9), notAfter: days(-2) })),
    "CERTIFICATE_INVALID",
    "got one that expired on",
  ],
  [
    "a certificate that is not yet valid",
    async () => writeLeaf(store.path, "a", await pki.leaf("a", { notBefore: days(2) })),
    "CERTIFICATE_INVALID",
    "got one that is not valid before",
  ],
  [
    "the key of another certificate",
    async () => {
      writeLeaf(store.path, "a", await pki.leaf("a"));
      writeTestFile(layout.leafKey("a"), (await pki.leaf("a")).privateKeyPem);
    },
    "CERTIFICATE_INVALID",
    "got the key of another one",
  ],
  [
    "another device's certificate",
    async () => writeLeaf(store.path, "a", await pki.leaf("b")),
    "CERTIFICATE_INVALID",
    'expected the common name "a" (the registration id), got "b"',
  ],
  [
    "a certificate for servers",
    async () => {
      const { chainPem, privateKeyPem } = await pki.server(["a"]);
      writeTestFile(layout.leafFullChain("a"), chainPem);
      writeTestFile(layout.leafKey("a"), privateKeyPem);
    },
    "CERTIFICATE_INVALID",
    "expected a certificate for client authentication",
  ],
  [
    "a chain that does not start with the leaf",
    async () => {
      const leaf = await pki.leaf("a");
      const fullChainPem = certificateBlocks(leaf.fullChainPem).toReversed().join("");
      writeLeaf(store.path, "a", { ...leaf, fullChainPem });
    },
    "CERTIFICATE_INVALID",
    "expected the leaf first, got it at position 3 of 3",
  ],
  [
    "a chain in the wrong order",
    async () => {
      const leaf = await pki.leaf("a");
      const [first = "", ...cas] = certificateBlocks(leaf.fullChainPem);
      writeLeaf(store.path, "a", { ...leaf, fullChainPem: [first, ...cas.toReversed()].join("") });
    },
    "CERTIFICATE_INVALID",
    "expected certificate 2 to be the signer of certificate 1",
  ],
];

test.each(CASES)(
  "%s is refused with what, where and the mend",
  async (_, prepare, code, message) => {
    await prepare();
    const error = await refusal(read());
    expect(error.code).toBe(code);
    expect(
      [error.message, ...error.problems.map((problem) => problem.message)].join("\n"),
    ).toContain(message);
    expect(error.message).toContain(store.path);
    for (const problem of error.problems) expect(problem.hint).toBeTruthy();
  },
);

test("a secret that is not set, or whose file is missing, is named", async () => {
  writeLeaf(store.path, "a", await pki.leaf("a"));
  const unset = await refusal(read({ format: "pem", passphrase: { env: "CAVE_PASSPHRASE" } }));
  expect(unset.message).toContain("CAVE_PASSPHRASE: expected an environment variable");
  const file = `${store.path}/secret`;
  expect((await refusal(read({ format: "pem", passphrase: { file } }))).message).toContain(file);
});

test("a PFX is read with a password from a file, and refused with another", async () => {
  const { path: dir } = store;
  await ensureFleetCertificates({
    dir,
    now,
    devices: [{ registrationId: "a", format: "pfx", password: "secret" }],
  });
  const file = writeTestFile(`${dir}/password`, "secret\n");
  const material = await read({ format: "pfx", password: { file } });
  expect(certificateBlocks(material.chainPem)).toHaveLength(3);
  expect(material.source).toMatchObject({ kind: "pfx", file: layout.leafPfx("a") });
  const wrong = await refusal(read({ format: "pfx", password: { env: "P" } }, { P: "other" }));
  expect(wrong.code).toBe("CERTIFICATE_INVALID");
  expect((await refusal(read({ format: "pfx" }))).message).toContain(
    "expected a password, got none",
  );
});

test("a missing PFX is refused as a missing file", async () => {
  const error = await refusal(read({ format: "pfx" }));
  expect(error.code).toBe("FILE_INVALID");
  expect(error.message).toContain("expected a PFX, got no file");
});

/** One mutual TLS handshake with a device's context; what the server saw, or the client's error. */
async function handshake(
  material: IdentityMaterial,
  ca: readonly string[] | undefined,
): Promise<string> {
  const { chainPem, privateKeyPem } = await issueServer({
    names: ["localhost"],
    signer: pki.root,
    now,
  });
  const server = createServer({
    cert: chainPem,
    key: privateKeyPem,
    ca: pki.root.certificatePem,
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const seen = once(server, "secureConnection").then(([socket]) => {
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return String(subject.CN);
  });
  const client = connect({
    host: "127.0.0.1",
    port,
    servername: "localhost",
    secureContext: secureContextOf(material, ca),
  });
  try {
    return await Promise.race([seen, once(client, "close").then(() => "closed")]);
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "failed";
  } finally {
    client.destroy();
    server.close();
  }
}

test.each(["pem", "pfx"] as const)(
  "a %s identity does a mutual handshake, and trusts the given CA only",
  async (format) => {
    const { path: dir } = store;
    writeTestFile(layout.rootCert, pki.root.certificatePem);
    writeTestFile(layout.rootKey, pki.root.privateKeyPem);
    await ensureFleetCertificates({ dir, now, devices: [{ registrationId: "a", format }] });
    const material = await read({ format });
    expect(await handshake(material, [pki.root.certificatePem])).toBe("a");
    expect(await handshake(material, [pki.otherRoot.certificatePem])).toMatch(
      /SELF_SIGNED|UNABLE_TO/,
    );
    // The fleet's own root stands in the PFX: that must not make it a CA for servers.
    expect(await handshake(material, undefined)).toMatch(/SELF_SIGNED|UNABLE_TO/);
  },
);

test("a key from the store never stands in an error", async () => {
  writeLeaf(store.path, "a", await pki.leaf("b"));
  const error = await refusal(read());
  const secret = createPrivateKey((await pki.leaf("a")).privateKeyPem).export({ format: "jwk" });
  expect(JSON.stringify(error)).not.toContain("PRIVATE KEY");
  expect(JSON.stringify(error)).not.toContain(String(secret.d));
});
