import type { KeyObject, X509Certificate } from "node:crypto";
import { createPublicKey } from "node:crypto";
import { basename } from "node:path";
import type { Problem } from "../base/errors.ts";
import type { BundleKey } from "./bundle-file.ts";
import { isSelfSigned } from "./dated-facts.ts";
import { bindingProblems, outOfPeriod } from "./identity-check.ts";
import type { ImportSource } from "./import-sources.ts";
import { isReservedId } from "./layout.ts";
import { commonNameIn, oneLine } from "./name.ts";
import type { StoredCas } from "./stored-ca.ts";
import { INTERMEDIATE_NAME, presentCas, ROOT_NAME } from "./stored-ca.ts";

/** A private key that comes with its certificate. */
export interface ImportKey {
  readonly key: KeyObject;
  readonly encrypted: boolean;
  readonly file: string;
}

/** A certificate that is to come into a store. */
export interface ImportItem {
  readonly kind: "ca" | "leaf";
  /** Of the CA as the store calls it; the registration id of a leaf. */
  readonly name: string;
  readonly certificate: X509Certificate;
  readonly file: string;
  /** A leaf always has one. */
  readonly key: ImportKey | undefined;
  /** The PFX that it came in. */
  readonly pfx: Buffer | undefined;
}

export interface ImportItems {
  readonly items: readonly ImportItem[];
  /** All CAs that the files hold; those of a single device's chain come into no place of their own. */
  readonly cas: readonly X509Certificate[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

interface Found {
  readonly certificate: X509Certificate;
  readonly file: string;
  readonly pfx: Buffer | undefined;
}

/**
 * What files come to: each certificate once, with its key, under the name that it is to have.
 *
 * @param options.named the first certificate of the first file is to have this name
 * @param options.isPartial a file could not be read, which is told already
 * @param options.isFolder the files were found, not named: what has no key, or no certificate, is left out and told
 */
export function importItems(
  sources: readonly ImportSource[],
  stored: StoredCas,
  options: {
    readonly named?: string | undefined;
    readonly isPartial: boolean;
    readonly isFolder: boolean;
    readonly now: Date;
  },
): ImportItems {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const found = distinctCertificates(sources);
  const keys = keysBySpki(sources, options.isFolder, problems);
  // A key that does not open, or is another's, is told itself.
  const isKeyGiven = keys.size > 0 || problems.length > 0 || options.isPartial;
  const used = new Set<string>();
  const items: ImportItem[] = [];
  const isDevice = !options.isFolder && found[0]?.certificate.ca === false;
  for (const [at, one] of found.entries()) {
    const { certificate, file } = one;
    if (isDevice && certificate.ca) continue;
    const spki = spkiOf(certificate.publicKey);
    const key = keys.get(spki);
    used.add(spki);
    const asked = at === 0 ? options.named : undefined;
    const ended = outOfPeriod(certificate, options.now);
    if (ended !== undefined) notes.push(`${file}: ${oneLine(certificate.subject)} ${ended}`);
    if (certificate.ca) {
      const name = caNameFor(one, asked, stored, items, problems);
      items.push({ kind: "ca", name, ...one, key });
    } else if (options.isFolder && (key === undefined || isVerification(file))) {
      notes.push(
        `${file} is left out: ${isVerification(file) ? "it is a proof of possession" : "its private key is not there"}`,
      );
    } else {
      const leaf = leafItem(one, key, { asked, isKeyGiven }, problems);
      if (leaf !== undefined) items.push(leaf);
    }
  }
  for (const [spki, { file }] of keys) {
    if (used.has(spki)) continue;
    if (options.isFolder) notes.push(`${file} is left out: no certificate has this key`);
    else problems.push(strayKey(file, found[0]));
  }
  const cas = found.flatMap(({ certificate }) => (certificate.ca ? [certificate] : []));
  return { items, cas, problems: [...problems, ...clashes(items)], notes };
}

const isVerification = (file: string): boolean => basename(file) === "verification-code.cert.pem";

/** The same certificate stands in full chains, bundles and copies: the first file that holds it alone counts. */
function distinctCertificates(sources: readonly ImportSource[]): Found[] {
  const found = new Map<string, Found & { readonly alone: boolean }>();
  for (const { file, bundle, bytes } of sources) {
    const alone = bundle.certificates.length === 1;
    for (const [at, certificate] of bundle.certificates.entries()) {
      const known = found.get(certificate.fingerprint256);
      const isLeafOfPfx = bundle.format === "pfx" && at === 0;
      const pfx = known?.pfx ?? (isLeafOfPfx ? bytes : undefined);
      const better = known === undefined || (alone && !known.alone) ? { file, alone } : known;
      found.set(certificate.fingerprint256, { certificate, ...better, pfx });
    }
  }
  return [...found.values()].map(({ certificate, file, pfx }) => ({ certificate, file, pfx }));
}

function keysBySpki(
  sources: readonly ImportSource[],
  isFolder: boolean,
  problems: Problem[],
): Map<string, ImportKey> {
  const keys = new Map<string, ImportKey>();
  for (const { file, bundle } of sources) {
    for (const found of bundle.keys) {
      if (isOpen(found)) {
        const spki = spkiOf(createPublicKey(found.key));
        // In a folder the passphrase is that of the files with keys; the key itself tells whether it had one.
        const encrypted = found.encrypted || (bundle.format === "pfx" && !isFolder);
        if (!keys.has(spki) || found.encrypted) keys.set(spki, { ...found, encrypted, file });
      } else {
        problems.push(found.problem);
      }
    }
  }
  return keys;
}

const isOpen = (key: BundleKey): key is Extract<BundleKey, { key: KeyObject }> =>
  key.key !== undefined;

const spkiOf = (key: KeyObject): string =>
  key.export({ type: "spki", format: "der" }).toString("base64");

/** The name that a CA is to have here: asked for, the one that it has, that of its file, or its common name. */
function caNameFor(
  { certificate, file }: Found,
  asked: string | undefined,
  stored: StoredCas,
  items: readonly ImportItem[],
  problems: Problem[],
): string {
  const isRoot = isSelfSigned(certificate);
  if (asked !== undefined && (asked === ROOT_NAME) !== isRoot) {
    const message = isRoot
      ? `expected the name root for a CA that signed itself, got "${asked}"`
      : `expected a CA that signed itself for the name root, got one signed by ${oneLine(certificate.issuer)}`;
    problems.push({ place: "--name", message, hint: "leave it out, or choose another" });
  }
  if (isRoot) return ROOT_NAME;
  const known = presentCas(stored).find(
    (ca) => ca.certificate?.fingerprint256 === certificate.fingerprint256,
  );
  if (asked !== undefined || known !== undefined) return asked ?? known?.name ?? "";
  const [, ofFile] = /^(.+)\.intermediate\.cert\.pem$/.exec(basename(file)) ?? [];
  if (ofFile === "azure-iot-test-only") return INTERMEDIATE_NAME;
  if (ofFile !== undefined) return ofFile;
  const isTaken =
    stored.intermediate.certificate !== undefined ||
    items.some(({ kind, name }) => kind === "ca" && name === INTERMEDIATE_NAME);
  if (!isTaken) return INTERMEDIATE_NAME;
  const slug = (commonNameIn(certificate.subject) ?? "").replaceAll(/[^A-Za-z0-9._-]+/g, "-");
  return slug === "" ? certificate.fingerprint.replaceAll(":", "").slice(0, 8).toLowerCase() : slug;
}

function leafItem(
  found: Found,
  key: ImportKey | undefined,
  { asked, isKeyGiven }: { readonly asked: string | undefined; readonly isKeyGiven: boolean },
  problems: Problem[],
): ImportItem | undefined {
  const { certificate, file } = found;
  const id = commonNameIn(certificate.subject);
  const refuse = (message: string, hint: string): undefined => {
    problems.push({ place: file, message, hint });
  };
  const got = oneLine(certificate.subject);
  if (id === undefined || id === "") {
    const hint = "issue it with the registration id as its common name";
    return refuse(`expected a common name, which is the registration id, got ${got}`, hint);
  }
  if (asked !== undefined && asked !== id) {
    const hint = "leave --name out: a device is named by its certificate";
    return refuse(`expected a certificate of "${asked}", got ${got}`, hint);
  }
  if (isReservedId(id)) {
    const hint = "issue it for another registration id";
    return refuse(`expected an id whose file is free, got "${id}", the name of another file`, hint);
  }
  if (key === undefined) {
    if (isKeyGiven) return undefined;
    return refuse("expected the private key of a device's certificate too, got none", "give --key");
  }
  const binding = bindingProblems({
    registrationId: id,
    certFile: file,
    keyFile: key.file,
    chain: [certificate],
    key: key.key,
  });
  problems.push(...binding);
  return { kind: "leaf", name: id, ...found, key };
}

/** Two certificates that would have one file; file systems exist that know no case. */
function clashes(items: readonly ImportItem[]): Problem[] {
  const seen = new Map<string, ImportItem>();
  return items.flatMap((item) => {
    const place = `${item.kind} ${item.name.toLowerCase()}`;
    const first = seen.get(place);
    if (first === undefined) {
      seen.set(place, item);
      return [];
    }
    const what =
      item.kind === "ca" ? `one CA to be "${item.name}"` : `one certificate of "${item.name}"`;
    const message = `expected ${what}, got this and another one, in ${first.file}`;
    return [{ place: item.file, message, hint: "import them one by one, a CA with --name" }];
  });
}

const strayKey = (place: string, target: Found | undefined): Problem => ({
  place,
  message:
    target === undefined
      ? "expected a certificate beside the private key, got none"
      : `expected the private key of the certificate in ${target.file}, got the key of another one`,
  hint: "put key and certificate of one CA or device together",
});
