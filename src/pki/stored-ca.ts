import type { KeyObject, X509Certificate } from "node:crypto";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import type { Problem } from "../base/errors.ts";
import { isMissing, textIfPresent } from "./file-text.ts";
import type { CertsLayout } from "./layout.ts";
import { decodeId } from "./layout.ts";
import { hasOurMark, oneLine } from "./name.ts";
import { parseCertificates } from "./identity-check.ts";
import { parsePrivateKey } from "./private-key-file.ts";

/** A CA as it was found in the store. */
export interface StoredCa {
  readonly certFile: string;
  readonly keyFile: string;
  readonly certificate: X509Certificate | undefined;
  readonly key: KeyObject | undefined;
  /** Why the key cannot sign, where it cannot. */
  readonly keyProblem: Problem | undefined;
  /** Whether this program made it. */
  readonly ours: boolean;
}

export interface StoredCas {
  readonly root: StoredCa;
  readonly intermediate: StoredCa;
  /** Certificates of named intermediates. */
  readonly named: readonly X509Certificate[];
  /** Files that stand where a CA should, and are none. */
  readonly problems: readonly Problem[];
}

/** Reads all CAs of a store; a store that does not exist is empty. */
export function readStoredCas(layout: CertsLayout): StoredCas {
  const problems: Problem[] = [];
  const root = readCa(layout.rootCert, layout.rootKey, problems);
  const intermediate = readCa(layout.intermediateCert, layout.intermediateKey, problems);
  const named = namedIntermediates(layout).flatMap(
    (name) => readCertificate(layout.namedIntermediateCert(name), problems) ?? [],
  );
  return { root, intermediate, named, problems };
}

/** Every certificate that a leaf can be signed by, with those above it: leaf's signer first. */
export function chainFrom(
  signer: X509Certificate,
  known: readonly X509Certificate[],
): X509Certificate[] {
  const chain = [signer];
  for (let last = signer; !last.checkIssued(last);) {
    const below = last;
    const above = known.find(
      (ca) => !chain.includes(ca) && below.checkIssued(ca) && below.verify(ca.publicKey),
    );
    if (above === undefined) break;
    chain.push(above);
    last = above;
  }
  return chain;
}

function namedIntermediates(layout: CertsLayout): string[] {
  const suffix = ".intermediate.cert.pem";
  try {
    return readdirSync(layout.dir)
      .filter((file) => file.endsWith(suffix) && file !== basename(layout.intermediateCert))
      .map((file) => decodeId(file.slice(0, -suffix.length)));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function readCertificate(file: string, problems: Problem[]): X509Certificate | undefined {
  const text = textIfPresent(file);
  if (text === undefined) return undefined;
  const [certificate] = parseCertificates(text) ?? [];
  if (certificate?.ca === true) return certificate;
  problems.push({
    place: file,
    message: `expected the certificate of a CA in PEM, got ${certificate === undefined ? "something else" : `one that is no CA (${oneLine(certificate.subject)})`}`,
    hint: "move the file away: it stands where a CA of this store belongs",
  });
  return undefined;
}

function readCa(certFile: string, keyFile: string, problems: Problem[]): StoredCa {
  const certificate = readCertificate(certFile, problems);
  const keyText = textIfPresent(keyFile);
  const parsed = keyText === undefined ? undefined : parsePrivateKey(keyText, keyFile, undefined);
  const key = parsed !== undefined && "key" in parsed ? parsed.key : undefined;
  const mismatch =
    certificate !== undefined && key !== undefined && !certificate.checkPrivateKey(key);
  const ours = certificate !== undefined && hasOurMark(certificate.subject);
  let keyProblem =
    parsed !== undefined && "problem" in parsed ? caKeyProblem(parsed.problem) : undefined;
  if (mismatch) keyProblem = otherKey(certFile, keyFile);
  if (keyText === undefined && certificate !== undefined) keyProblem = noKey(certFile, keyFile);
  return { certFile, keyFile, certificate, key: mismatch ? undefined : key, keyProblem, ours };
}

const caKeyProblem = ({ place, message }: Problem): Problem => ({
  place,
  message,
  hint: `a CA's key is read without a passphrase: openssl pkey -in ${place} -out ${place}.plain, then put it in its place`,
});

const otherKey = (certFile: string, place: string): Problem => ({
  place,
  message: `expected the private key of the CA in ${certFile}, got the key of another certificate`,
  hint: "put key and certificate of one CA together; a CA's key is never replaced",
});

const noKey = (certFile: string, place: string): Problem => ({
  place,
  message: `expected the private key of the CA in ${certFile}, to sign leaves with, got no file`,
  hint: `put the key there, or move ${certFile} away to have a new CA made`,
});
