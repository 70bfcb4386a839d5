import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { KEY_KINDS } from "../../src/pki/key-kind.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { runHere } from "../support/cli.ts";
import { hasOpenssl, openssl } from "../support/openssl.ts";
import { temporaryDir, writeTestFile } from "../support/pki.ts";

const dir = temporaryDir();
afterAll(() => dir[Symbol.dispose]());

const SECRET = { CA_PASS: "Käse 123" };
const STRICT = "verify -x509_strict -purpose sslclient";

/** Runs each command line; each must end well. */
async function certs(...lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const end = await runHere(
      dir.path,
      ["certs", ...line.split(" "), "--passphrase-env", "CA_PASS"],
      SECRET,
    );
    expect(end).toMatchObject({ exitCode: 0 });
  }
}

test(
  "openssl verifies CAs in levels, the leaves and proofs below each, and encrypted keys, of every kind",
  { skip: !hasOpenssl, timeout: 120_000 },
  async () => {
    const layout = certsLayout(join(dir.path, "certs"));
    // Each kind signs, and each kind is signed. One RSA key of 4096 bits is for root and leaf: making one takes seconds.
    await certs("root --key rsa4096");
    const large = openssl("pkey -passin", [`pass:${SECRET.CA_PASS}`, "-in", layout.rootKey]);
    writeTestFile(layout.leafKey("a-rsa4096"), large);
    await certs(
      "intermediate --key rsa2048",
      "intermediate line --signer intermediate --key p384",
      "intermediate unit --signer line --key p256",
      "leaf a-rsa4096 --signer unit --key rsa4096",
      "leaf a-rsa2048 --signer line --key rsa2048",
      "leaf a-p384 --key p384",
      "leaf a-p256 --signer root --key p256",
    );
    const { rootCert } = layout;
    const cas = [layout.intermediateCert, ...["line", "unit"].map(layout.namedIntermediateCert)];
    const between = cas.flatMap((file) => ["-untrusted", file]);
    for (const ca of [rootCert, ...cas])
      expect(openssl("verify -x509_strict -CAfile", [rootCert, ...between, ca])).toContain("OK");
    for (const kind of KEY_KINDS) {
      const leaf = layout.leafCert(`a-${kind}`);
      expect(openssl(`${STRICT} -CAfile`, [rootCert, ...between, leaf])).toContain("OK");
      // The chain file alone brings all that stands between leaf and root.
      const chain = layout.leafFullChain(`a-${kind}`);
      expect(openssl(`${STRICT} -CAfile`, [rootCert, "-untrusted", chain, chain])).toContain("OK");
    }
    for (const signer of ["root", "intermediate", "line", "unit"]) {
      await certs(`verify 106A5SD242AF512B --signer ${signer}`);
      const proof = layout.verificationCert;
      expect(openssl(`${STRICT} -CAfile`, [rootCert, ...between, proof])).toContain("OK");
      expect(openssl("x509 -noout -subject -in", [proof])).toContain("CN = 106A5SD242AF512B");
    }
    const named = ["line", "unit"].map(layout.namedIntermediateKey);
    const keys = [layout.rootKey, layout.intermediateKey, ...named];
    for (const [at, certificate] of [rootCert, ...cas].entries()) {
      const key = keys[at] ?? "";
      expect(readFileSync(key, "utf8")).toContain("BEGIN ENCRYPTED PRIVATE KEY");
      expect(openssl("pkey -pubout -passin", [`pass:${SECRET.CA_PASS}`, "-in", key])).toBe(
        openssl("x509 -noout -pubkey -in", [certificate]),
      );
    }
  },
);
