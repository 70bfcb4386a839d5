import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { IssuedCa, IssuedLeaf } from "../../src/pki/certificate.ts";
import { issueIntermediate, issueLeaf, issueRoot, issueServer } from "../../src/pki/certificate.ts";
import { BasicConstraints, id_ce_basicConstraints } from "@peculiar/asn1-x509";
import { extension } from "../../src/pki/extensions.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import type { KeyKind } from "../../src/pki/key-kind.ts";
import { generateKey, privateKeyPem } from "../../src/pki/key-kind.ts";
import { distinguishedName } from "../../src/pki/name.ts";
import { signCertificate } from "../../src/pki/signed-certificate.ts";
import { preparedSigner } from "../../src/pki/signer.ts";

export interface TestLeafOptions {
  readonly signer?: IssuedCa;
  readonly keyKind?: KeyKind;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** Certificates for tests: a tree of ours, and a root of strangers that nobody here trusts. */
export interface TestPki {
  readonly now: Date;
  readonly root: IssuedCa;
  readonly intermediate: IssuedCa;
  /** Self-signed by somebody else: its names do not carry our mark. */
  readonly otherRoot: IssuedCa;
  /** A leaf of the intermediate, or of `signer`. */
  readonly leaf: (registrationId: string, options?: TestLeafOptions) => Promise<IssuedLeaf>;
  /** A server certificate of the root (its PEM is the `ca` that clients need), or of `signer`. */
  readonly server: (
    names: readonly string[],
    options?: TestLeafOptions,
  ) => Promise<{ chainPem: string; privateKeyPem: string }>;
}

/** Makes a fresh tree of P-256 certificates; nothing is written. */
export async function testPki(now: Date = new Date()): Promise<TestPki> {
  const root = await issueRoot({ now });
  const intermediate = await issueIntermediate({ subject: "test intermediate", signer: root, now });
  const otherRoot = await issueRoot({
    subject: "Somebody Else Root",
    organization: "Somebody Else",
    now,
  });
  return {
    now,
    root,
    intermediate,
    otherRoot,
    leaf: (registrationId, options = {}) =>
      issueLeaf({ signer: intermediate, ...options, registrationId, now }),
    server: (names, options = {}) => issueServer({ signer: root, ...options, names, now }),
  };
}

/** A CA under `signer` with a path length in its basicConstraints (RFC 5280, 4.2.1.9), which ours never have. */
export async function issueNarrow(signer: IssuedCa, pathLenConstraint: number): Promise<IssuedCa> {
  const { privateKey, publicKey } = await generateKey("p256");
  const certificatePem = signCertificate(
    {
      subject: distinguishedName(`CA of path length ${pathLenConstraint}`),
      publicKey,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
      extensions: [
        extension(
          id_ce_basicConstraints,
          new BasicConstraints({ cA: true, pathLenConstraint }),
          true,
        ),
      ],
    },
    preparedSigner(signer),
  );
  return {
    certificatePem,
    chainPem: certificatePem + signer.chainPem,
    key: privateKey,
    privateKeyPem: privateKeyPem(privateKey),
  };
}

/** A folder of its own that goes away with `await using` or `using`. */
export function temporaryDir(): { readonly path: string } & Disposable & AsyncDisposable {
  const path = mkdtempSync(join(tmpdir(), "dps-fleet-test-"));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  return {
    path,
    [Symbol.dispose]: remove,
    [Symbol.asyncDispose]: () => Promise.resolve(remove()),
  };
}

/** Writes text or bytes, making the folders above; returns the path. */
export function writeTestFile(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Puts a leaf where a device of this id looks for it under `dir`: certificate, full chain, key. */
export function writeLeaf(
  dir: string,
  registrationId: string,
  leaf: { certificatePem: string; fullChainPem: string; privateKeyPem: string },
): void {
  const layout = certsLayout(dir);
  writeTestFile(layout.leafCert(registrationId), leaf.certificatePem);
  writeTestFile(layout.leafFullChain(registrationId), leaf.fullChainPem);
  writeTestFile(layout.leafKey(registrationId), leaf.privateKeyPem);
}
