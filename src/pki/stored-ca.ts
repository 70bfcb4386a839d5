import type { KeyObject, X509Certificate } from "node:crypto";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import type { Problem } from "../base/errors.ts";
import { isMissing, textIfPresent } from "./file-text.ts";
import type { CertsLayout } from "./layout.ts";
import { decodeId } from "./layout.ts";
import { hasOurMark, oneLine } from "./name.ts";
import { parseCertificates } from "./identity-check.ts";
import { isEncryptedKey, parsePrivateKey } from "./private-key-file.ts";

/** The names of the root and of the intermediate that signs leaves where nothing else is asked. */
export const ROOT_NAME = "root";
export const INTERMEDIATE_NAME = "intermediate";

/** A CA as it was found in the store. */
export interface StoredCa {
  /** What `--signer` calls it: `root`, `intermediate`, or the name of a named intermediate. */
  readonly name: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly certificate: X509Certificate | undefined;
  readonly key: KeyObject | undefined;
  /** The key as PEM where it takes a passphrase to read it; see `unlockCa`. */
  readonly lockedKey: string | undefined;
  /** Why the key cannot sign, where it cannot. */
  readonly keyProblem: Problem | undefined;
  /** Whether this program made it. */
  readonly ours: boolean;
}

export interface StoredCas {
  readonly root: StoredCa;
  /** The default intermediate. */
  readonly intermediate: StoredCa;
  readonly named: readonly StoredCa[];
  /** Files that stand where a CA should, and are none. */
  readonly problems: readonly Problem[];
}

/** Reads all CAs of a store; a store that does not exist is empty. */
export function readStoredCas(layout: CertsLayout): StoredCas {
  const problems: Problem[] = [];
  const read = (files: CaFiles): StoredCa => readCa(files, problems);
  const root = read(caFiles(layout, ROOT_NAME));
  const intermediate = read(caFiles(layout, INTERMEDIATE_NAME));
  const named = namedIntermediates(layout).map((name) => read(caFiles(layout, name)));
  return { root, intermediate, named, problems };
}

type CaFiles = Pick<StoredCa, "name" | "certFile" | "keyFile">;

/** Where a CA of this name is, or would be. */
export function caFiles(layout: CertsLayout, name: string): CaFiles {
  if (name === ROOT_NAME) return { name, certFile: layout.rootCert, keyFile: layout.rootKey };
  if (name === INTERMEDIATE_NAME) {
    return { name, certFile: layout.intermediateCert, keyFile: layout.intermediateKey };
  }
  return {
    name,
    certFile: layout.namedIntermediateCert(name),
    keyFile: layout.namedIntermediateKey(name),
  };
}

/** All CAs of a store that are there at all: the default intermediate, the root, the named ones. */
export function presentCas({ root, intermediate, named }: StoredCas): StoredCa[] {
  return [intermediate, root, ...named].filter((ca) => !isAbsent(ca));
}

/** All CA certificates of a store. */
export function knownCas(cas: StoredCas): X509Certificate[] {
  return presentCas(cas).flatMap(({ certificate }) => certificate ?? []);
}

/** Whether nothing of a CA is there, neither certificate nor key. */
export const isAbsent = ({ certificate, key, lockedKey, keyProblem }: StoredCa): boolean =>
  [certificate, key, lockedKey, keyProblem].every((part) => part === undefined);

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

/** The CA with its key read, or with what is wrong: with the passphrase, or with the key that it opens. Never throws. */
export function unlockCa(ca: StoredCa, passphrase: string): StoredCa {
  if (ca.lockedKey === undefined) return ca;
  const parsed = parsePrivateKey(ca.lockedKey, ca.keyFile, passphrase);
  if ("key" in parsed) return { ...ca, lockedKey: undefined, ...matching(ca, parsed.key) };
  const { message } = parsed.problem;
  const hint = "give the passphrase of that key";
  return { ...ca, keyProblem: { place: ca.keyFile, message, hint } };
}

const INTERMEDIATE_SUFFIX = ".intermediate.cert.pem";

function namedIntermediates(layout: CertsLayout): string[] {
  try {
    return readdirSync(layout.dir)
      .filter(
        (file) => file.endsWith(INTERMEDIATE_SUFFIX) && file !== basename(layout.intermediateCert),
      )
      .map((file) => decodeId(file.slice(0, -INTERMEDIATE_SUFFIX.length)));
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

function readCa(files: CaFiles, problems: Problem[]): StoredCa {
  const { certFile, keyFile } = files;
  const certificate = readCertificate(certFile, problems);
  const keyText = textIfPresent(keyFile);
  const ours = certificate !== undefined && hasOurMark(certificate.subject);
  const found = {
    ...files,
    certificate,
    ours,
    key: undefined,
    lockedKey: undefined,
    keyProblem: undefined,
  };
  if (keyText === undefined) {
    return certificate === undefined ? found : { ...found, keyProblem: noKey(certFile, keyFile) };
  }
  if (isEncryptedKey(keyText)) return { ...found, lockedKey: keyText };
  const parsed = parsePrivateKey(keyText, keyFile, undefined);
  if ("problem" in parsed) return { ...found, keyProblem: damaged(parsed.problem) };
  return { ...found, ...matching(found, parsed.key) };
}

/** The key, unless it is that of another certificate. */
function matching(
  { certificate, certFile, keyFile }: Pick<StoredCa, "certificate" | "certFile" | "keyFile">,
  key: KeyObject,
): Pick<StoredCa, "key" | "keyProblem"> {
  const fits = certificate === undefined || certificate.checkPrivateKey(key);
  return fits
    ? { key, keyProblem: undefined }
    : { key: undefined, keyProblem: otherKey(certFile, keyFile) };
}

const damaged = ({ place, message }: Problem): Problem => ({
  place,
  message,
  hint: "restore the CA's key, or move key and certificate away to have a new CA made",
});

const otherKey = (certFile: string, place: string): Problem => ({
  place,
  message: `expected the private key of the CA in ${certFile}, got the key of another certificate`,
  hint: "put key and certificate of one CA together",
});

const noKey = (certFile: string, place: string): Problem => ({
  place,
  message: `expected the private key of the CA in ${certFile}, to sign leaves with, got no file`,
  hint: `put the key there, or move ${certFile} away to have a new CA made`,
});
