import type { X509Certificate } from "node:crypto";
import { FleetError } from "../base/errors.ts";
import type { DatedFacts } from "./dated-facts.ts";
import { datedFacts } from "./dated-facts.ts";
import { textIfPresent } from "./file-text.ts";
import type { ParsedCertificates } from "./identity-check.ts";
import { parseCertificates } from "./identity-check.ts";
import type { CertsLayout } from "./layout.ts";
import { signerOf } from "./leaf-judgement.ts";
import { isEncryptedKey, parsePrivateKey } from "./private-key-file.ts";
import type { NamedFiles } from "./store-files.ts";

/**
 * What a key's file holds. `plain`: the key of the certificate, not encrypted; `encrypted`: not opened, so not compared;
 * `foreign`: the key of another certificate.
 */
export type KeyState = "plain" | "encrypted" | "missing" | "foreign" | "unreadable";

/** A private key's file. */
export interface SurveyedKey {
  readonly file: string;
  readonly state: KeyState;
}

/** What is worth a second look at a leaf. */
export type LeafFinding =
  | "expired"
  | "expiring"
  | "notYetValid"
  | "unreadable"
  | "certificateMissing"
  | "nameDiffers"
  | "keyMissing"
  | "keyForeign"
  | "keyUnreadable"
  | "signerUnknown"
  | "chainMissing"
  | "chainForeign"
  | "renewalPending";

/** The pair that is to follow a leaf. */
export interface SurveyedRenewal {
  /** null = not made yet, or unreadable. */
  readonly certificate: DatedFacts | null;
  readonly certFile: string;
  readonly chainFile: string;
  readonly key: SurveyedKey;
}

/** A leaf of a store with all its files. */
export interface SurveyedLeaf {
  readonly id: string;
  /** null where only a PFX is there, which is not opened, or where nothing can be read. */
  readonly certificate: DatedFacts | null;
  readonly certFile: string | null;
  readonly chainFile: string | null;
  readonly pfxFile: string | null;
  readonly key: SurveyedKey;
  /** Name of the CA of this store that signed it; null = none did. */
  readonly signedBy: string | null;
  readonly renewal: SurveyedRenewal | null;
  /** Certificates that were in its place before. */
  readonly olderFiles: readonly string[];
  readonly findings: readonly LeafFinding[];
}

/** A CA by the name that the store has for it. */
export interface KnownCa {
  readonly name: string;
  readonly certificate: X509Certificate;
}

export interface SurveyContext {
  readonly layout: CertsLayout;
  readonly cas: readonly KnownCa[];
  readonly now: Date;
  /** Grows; saves parsing the same CAs for each leaf. */
  readonly parsed: ParsedCertificates;
}

/** What the files of one leaf say. Opens no encrypted key and no PFX; never throws for what a file holds. */
export function surveyLeaf(
  files: NamedFiles,
  further: { readonly renewed: NamedFiles | undefined; readonly olderFiles: readonly string[] },
  context: SurveyContext,
): SurveyedLeaf {
  const { layout, cas, now } = context;
  const single = certificatesIn(files.cert, context);
  const full = certificatesIn(files.fullChain, context);
  const leaf = single?.[0] ?? full?.[0];
  const key = surveyKey(layout.leafKey(files.name), leaf);
  const certificate = leaf === undefined ? null : datedFacts(leaf, now);
  const signer = leaf === undefined ? undefined : signerIn(leaf, cas);
  const renewal = surveyRenewal(files.name, further.renewed, context);
  return {
    id: files.name,
    certificate,
    certFile: files.cert ?? null,
    chainFile: files.fullChain ?? null,
    pfxFile: files.pfx ?? null,
    key,
    signedBy: signer?.name ?? null,
    renewal,
    olderFiles: further.olderFiles,
    findings: [
      ...(leaf === undefined
        ? withoutLeaf(files)
        : leafFindings({ id: files.name, leaf, full, key, signer }, now)),
      ...(renewal === null ? [] : (["renewalPending"] as const)),
    ],
  };
}

/** The CA of the store that signed a certificate. */
export function signerIn(
  certificate: X509Certificate,
  cas: readonly KnownCa[],
): KnownCa | undefined {
  const signer = signerOf(
    certificate,
    cas.map((ca) => ca.certificate),
  );
  return cas.find((ca) => ca.certificate === signer);
}

/** A PFX alone is not opened; PEM files that tell nothing are worth a look. */
function withoutLeaf({ cert, fullChain, pfx }: NamedFiles): LeafFinding[] {
  if (cert !== undefined || fullChain !== undefined) return ["unreadable"];
  return pfx === undefined ? ["certificateMissing"] : [];
}

const KEY_FINDINGS: Readonly<Partial<Record<KeyState, LeafFinding>>> = {
  missing: "keyMissing",
  foreign: "keyForeign",
  unreadable: "keyUnreadable",
};

function leafFindings(
  found: {
    readonly id: string;
    readonly leaf: X509Certificate;
    readonly full: readonly X509Certificate[] | undefined;
    readonly key: SurveyedKey;
    readonly signer: KnownCa | undefined;
  },
  now: Date,
): LeafFinding[] {
  const { id, leaf, full, key, signer } = found;
  const { state, commonName } = datedFacts(leaf, now);
  const keyFinding = KEY_FINDINGS[key.state];
  const isOwnChain = full === undefined || full[0]?.fingerprint256 === leaf.fingerprint256;
  return [
    ...(state === "valid" ? [] : [state]),
    ...(commonName === id ? [] : (["nameDiffers"] as const)),
    ...(keyFinding === undefined ? [] : [keyFinding]),
    ...(signer === undefined ? (["signerUnknown"] as const) : []),
    ...(full === undefined ? (["chainMissing"] as const) : []),
    ...(isOwnChain ? [] : (["chainForeign"] as const)),
  ];
}

/** Whether a key is there, and the certificate's own. */
export function surveyKey(file: string, certificate: X509Certificate | undefined): SurveyedKey {
  return { file, state: keyState(file, certificate) };
}

function keyState(file: string, certificate: X509Certificate | undefined): KeyState {
  let text: string | undefined;
  try {
    text = textIfPresent(file);
  } catch (error) {
    if (error instanceof FleetError) return "unreadable";
    throw error;
  }
  if (text === undefined) return "missing";
  if (isEncryptedKey(text)) return "encrypted";
  const parsed = parsePrivateKey(text, file, undefined);
  if ("problem" in parsed) return "unreadable";
  return certificate === undefined || certificate.checkPrivateKey(parsed.key) ? "plain" : "foreign";
}

/** The certificates in a PEM file; undefined = no file, or none that can be read. */
function certificatesIn(
  file: string | undefined,
  { parsed }: SurveyContext,
): X509Certificate[] | undefined {
  if (file === undefined) return undefined;
  try {
    const text = textIfPresent(file);
    return text === undefined ? undefined : parseCertificates(text, parsed);
  } catch (error) {
    if (error instanceof FleetError) return undefined;
    throw error;
  }
}

function surveyRenewal(
  id: string,
  files: NamedFiles | undefined,
  context: SurveyContext,
): SurveyedRenewal | null {
  const { layout, now } = context;
  const keyFile = layout.renewedKey(id);
  const [leaf] = certificatesIn(files?.cert ?? files?.fullChain, context) ?? [];
  const key = surveyKey(keyFile, leaf);
  if (files === undefined && key.state === "missing") return null;
  return {
    certificate: leaf === undefined ? null : datedFacts(leaf, now),
    certFile: layout.renewedCert(id),
    chainFile: layout.renewedFullChain(id),
    key,
  };
}
