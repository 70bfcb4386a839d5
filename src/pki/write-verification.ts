import { X509Certificate } from "node:crypto";
import { MODE, writeFileAtomic } from "./atomic-file.ts";
import type { CaPassphrase } from "./ca-signer.ts";
import { chooseSigner, openSigner } from "./ca-signer.ts";
import { issueVerification } from "./certificate.ts";
import { textIfPresent } from "./file-text.ts";
import { parseCertificates } from "./identity-check.ts";
import { certsLayout } from "./layout.ts";
import { isOurs } from "./leaf-judgement.ts";
import { oneLine } from "./name.ts";
import { storeTrouble } from "./store-trouble.ts";
import { knownCas, readStoredCas, ROOT_NAME } from "./stored-ca.ts";

export interface VerificationOptions {
  /** Folder of the certificates. */
  readonly dir: string;
  /** 1 to 64 characters. */
  readonly code: string;
  /** Name of the CA whose key is proven; undefined = the root. */
  readonly signer?: string | undefined;
  readonly now: Date;
  readonly passphraseOf: CaPassphrase;
}

/** Days that a proof holds: it is handed in at once. */
const DAYS = 30;

/**
 * Writes the certificate that proves to DPS that we have a CA's key: its common name is the code. An earlier one of
 * ours is replaced; its key is not kept.
 *
 * @throws {FleetError} `CERTIFICATE_INVALID` if the CA cannot sign, `FOREIGN_FILE` if a file of others is in its place
 */
export async function writeVerification(
  options: VerificationOptions,
): Promise<{ readonly file: string; readonly certificate: X509Certificate }> {
  const layout = certsLayout(options.dir);
  const { code, now } = options;
  const cas = readStoredCas(layout);
  const signing = chooseSigner(cas, options.signer ?? ROOT_NAME, now);
  const file = layout.verificationCert;
  const text = textIfPresent(file);
  const [old] = text === undefined ? [] : (parseCertificates(text) ?? []);
  if (text !== undefined && (old === undefined || !isOurs(old, knownCas(cas)))) {
    const got = old === undefined ? "something else" : `one signed by ${oneLine(old.issuer)}`;
    const message = `expected no file, or a certificate of this store, got ${got}`;
    throw storeTrouble([{ place: file, message, hint: "move the file away" }], true);
  }
  const signer = await openSigner(signing, cas, options.passphraseOf);
  const { certificatePem } = await issueVerification({ code, signer, now, days: DAYS });
  writeFileAtomic(file, certificatePem, MODE.public);
  return { file, certificate: new X509Certificate(certificatePem) };
}
