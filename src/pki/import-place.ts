import type { X509Certificate } from "node:crypto";
import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import type { Problem } from "../base/errors.ts";
import { copyBeside, MODE, writeFileAtomic } from "./atomic-file.ts";
import { textIfPresent } from "./file-text.ts";
import { parseCertificates } from "./identity-check.ts";
import type { ImportItem, ImportKey } from "./import-items.ts";
import { privateKeyPem } from "./key-kind.ts";
import type { CertsLayout } from "./layout.ts";
import { keptName } from "./layout.ts";
import { oneLine } from "./name.ts";
import { isEncryptedKey, parsePrivateKey } from "./private-key-file.ts";
import { caFiles, chainFrom } from "./stored-ca.ts";

/** How an item comes into its place. */
export interface Placement {
  readonly item: ImportItem;
  /** `kept`: all of it is there already; `completed`: a part of it was missing; `replaced`: another was there. */
  readonly done: "imported" | "kept" | "completed" | "replaced";
  readonly certFile: string;
  readonly keyFile: string;
  /** From, to. */
  readonly keep: readonly (readonly [from: string, to: string])[];
  /** In this order: a certificate without its key would be of no use. */
  readonly writes: readonly {
    readonly file: string;
    readonly content: string | Buffer;
    readonly mode: number;
  }[];
}

export interface PlacementOptions {
  /** All CAs, those that are imported too. */
  readonly cas: readonly X509Certificate[];
  /** Replace another certificate and its key; they are kept beside. */
  readonly force: boolean;
  /** A key that was encrypted stays so, with this. */
  readonly passphrase: string | undefined;
}

/** Decides what has to be written for one item; reads its place, writes nothing. */
export function planPlacement(
  layout: CertsLayout,
  item: ImportItem,
  options: PlacementOptions,
): Placement | { readonly problems: readonly Problem[] } {
  const { certificate, kind, name } = item;
  const ca = caFiles(layout, name);
  const certFile = kind === "ca" ? ca.certFile : layout.leafCert(name);
  const keyFile = kind === "ca" ? ca.keyFile : layout.leafKey(name);
  const chainFile = kind === "ca" ? undefined : layout.leafFullChain(name);
  const there = certificateThere(certFile) ?? certificateThere(chainFile);
  if (there === "unreadable") return { problems: [inTheWay(certFile, "something else", item)] };
  const isSame = there?.fingerprint256 === certificate.fingerprint256;
  const isOther = there !== undefined && !isSame;
  if (isOther && !options.force) return { problems: [inTheWay(certFile, nameOf(there), item)] };
  const keyThere = keyState(keyFile, certificate);
  if (keyThere === "other" && !isOther && !options.force) {
    return { problems: [inTheWay(keyFile, "the key of another one", item)] };
  }
  const keepsKey = keyThere === "same" || (keyThere === "encrypted" && isSame);
  const writes = [
    ...(item.key === undefined || keepsKey ? [] : [keyWrite(keyFile, item.key, options)]),
    ...(isSame && existsSync(certFile)
      ? []
      : [{ file: certFile, content: certificate.toString(), mode: MODE.public }]),
    ...chainWrites(chainFile, item, options),
    ...pfxWrites(layout, item, options),
  ];
  const mark = there === undefined ? undefined : there.fingerprint;
  const replaced = writes.map(({ file }) => file).filter((file) => existsSync(file));
  const keep = replaced.map((file) => [file, keptName(file, mark ?? markOf(file))] as const);
  const done = isOther ? "replaced" : isSame ? "completed" : "imported";
  return { item, done: writes.length === 0 ? "kept" : done, certFile, keyFile, keep, writes };
}

/** Writes what was planned. Cut short, the same import goes on. */
export function place({ keep, writes }: Placement): void {
  for (const [from, to] of keep) copyBeside(from, to);
  for (const { file, content, mode } of writes) writeFileAtomic(file, content, mode);
}

/** The certificates of a leaf and of the CAs above it, as far as they are known. */
export const chainOf = (
  { certificate }: ImportItem,
  cas: readonly X509Certificate[],
): X509Certificate[] => chainFrom(certificate, cas);

function certificateThere(file: string | undefined): X509Certificate | "unreadable" | undefined {
  const text = file === undefined ? undefined : textIfPresent(file);
  if (text === undefined) return undefined;
  return parseCertificates(text)?.[0] ?? "unreadable";
}

/** Whether the key in a file is that of a certificate; `encrypted` ones are not opened. */
function keyState(
  file: string,
  certificate: X509Certificate,
): "none" | "same" | "other" | "encrypted" {
  const text = textIfPresent(file);
  if (text === undefined) return "none";
  if (isEncryptedKey(text)) return "encrypted";
  const parsed = parsePrivateKey(text, file, undefined);
  return "key" in parsed && certificate.checkPrivateKey(parsed.key) ? "same" : "other";
}

function keyWrite(
  file: string,
  { key, encrypted }: ImportKey,
  { passphrase }: PlacementOptions,
): Placement["writes"][number] {
  const content = privateKeyPem(key, encrypted ? passphrase : undefined);
  return { file, content, mode: MODE.secret };
}

function chainWrites(
  file: string | undefined,
  item: ImportItem,
  { cas }: PlacementOptions,
): Placement["writes"] {
  if (file === undefined) return [];
  const there = certificateThere(file);
  const isSame =
    there !== undefined &&
    there !== "unreadable" &&
    there.fingerprint256 === item.certificate.fingerprint256;
  if (isSame) return [];
  const content = chainOf(item, cas)
    .map((certificate) => certificate.toString())
    .join("");
  return [{ file, content, mode: MODE.public }];
}

/** The PFX that a leaf came in is kept as it is; one that is there stays, unless another leaf's was replaced. */
function pfxWrites(
  layout: CertsLayout,
  { kind, name, pfx }: ImportItem,
  { force }: PlacementOptions,
): Placement["writes"] {
  const file = layout.leafPfx(name);
  if (kind === "ca" || pfx === undefined || (existsSync(file) && !force)) return [];
  return [{ file, content: pfx, mode: MODE.secret }];
}

const nameOf = (certificate: X509Certificate): string =>
  `${oneLine(certificate.subject)}, signed by ${oneLine(certificate.issuer)}`;

/** A file that belongs to no certificate is kept under its own mark. */
const markOf = (file: string): string => hash("sha1", textIfPresent(file) ?? "");

function inTheWay(file: string, got: string, { kind, name }: ImportItem): Problem {
  const otherwise = kind === "ca" ? "give it another name with --name, or " : "";
  return {
    place: file,
    message: `expected no file, or what is imported as "${name}" already, got ${got}`,
    hint: `${otherwise}replace it with --force, which keeps it beside`,
  };
}
