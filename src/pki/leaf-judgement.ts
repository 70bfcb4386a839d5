import type { KeyObject, X509Certificate } from "node:crypto";
import type { Problem } from "../base/errors.ts";
import type { ParsedCertificates } from "./identity-check.ts";
import { bindingProblems, outOfPeriod } from "./identity-check.ts";
import type { KeyKind } from "./key-kind.ts";
import { describeKey, keyKindOf } from "./key-kind.ts";
import { hasOurMark, oneLine } from "./name.ts";
import { chainFrom } from "./stored-ca.ts";

/** A leaf that was found where a device keeps its own. */
export interface FoundLeaf {
  readonly registrationId: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly leaf: X509Certificate;
  /** undefined = there is no key. */
  readonly key: KeyObject | undefined;
}

export type LeafJudgement =
  /** Can be used. `chain` is the leaf with the CAs of the store above it; empty where the store did not sign it. */
  | { readonly type: "usable"; readonly chain: readonly X509Certificate[] }
  /** Ours, and to be issued anew. */
  | { readonly type: "stale" }
  /** `foreign`: not ours, so that it is not replaced. */
  | { readonly type: "refused"; readonly foreign: boolean; readonly problems: readonly Problem[] };

export interface JudgementOptions {
  readonly keyKind: KeyKind | undefined;
  readonly now: Date;
  /** Certificates of all CAs of the store. */
  readonly cas: readonly X509Certificate[];
  readonly parsed: ParsedCertificates;
  /** The CA that has to have signed; undefined = any of the store. */
  readonly signer?: X509Certificate | undefined;
}

/** The CA of the store that signed this certificate. */
export function signerOf(
  certificate: X509Certificate,
  cas: readonly X509Certificate[],
): X509Certificate | undefined {
  return cas.find((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
}

/** Whether a leaf is ours: signed by a CA of the store, or by one that carries our mark. */
export function isOurs(leaf: X509Certificate, cas: readonly X509Certificate[]): boolean {
  return hasOurMark(leaf.issuer) || signerOf(leaf, cas) !== undefined;
}

/** Decides whether a leaf is used as it is, issued anew, or stands in the way. */
export function judgeLeaf(found: FoundLeaf, options: JudgementOptions): LeafJudgement {
  const { leaf, key } = found;
  const signer = signerOf(leaf, options.cas);
  const ours = signer !== undefined || hasOurMark(leaf.issuer);
  const problems = key === undefined ? [] : bindingProblems({ ...found, key, chain: [leaf] });
  if (problems.length > 0) return { type: "refused", foreign: false, problems };
  const why = staleness(found, options) ?? (ours ? wrongSigner(signer, options) : undefined);
  if (why === undefined) {
    const chain = signer === undefined ? [] : [leaf, ...chainFrom(signer, options.cas)];
    return { type: "usable", chain };
  }
  if (ours) return { type: "stale" };
  return { type: "refused", foreign: true, problems: [inTheWay(found, why)] };
}

function staleness(
  { leaf, key, keyFile }: FoundLeaf,
  { keyKind, now }: JudgementOptions,
): string | undefined {
  if (key === undefined) return `has no private key in ${keyFile}`;
  const kind = keyKindOf(leaf.publicKey);
  if (keyKind !== undefined && kind !== keyKind) {
    return `has a key of kind ${describeKey(leaf.publicKey)}, not ${keyKind}`;
  }
  return outOfPeriod(leaf, now);
}

/** Of a leaf of ours. */
function wrongSigner(
  signer: X509Certificate | undefined,
  { signer: asked }: JudgementOptions,
): string | undefined {
  if (signer === undefined) return "was signed by an older CA";
  if (asked === undefined || signer.fingerprint256 === asked.fingerprint256) return undefined;
  return "was signed by another CA";
}

function inTheWay({ leaf, certFile }: FoundLeaf, why: string): Problem {
  return {
    place: certFile,
    message: `expected a certificate that can be used as it is, got one that ${why}; dps-fleet replaces only what it issued, and this is signed by ${oneLine(leaf.issuer)}`,
    hint: `${mendOf(why)}, or move its files away to have a new one issued`,
  };
}

/** What the owner of a certificate can do about it. */
function mendOf(why: string): string {
  if (why.startsWith("is not valid before")) return "check the clock of this machine, wait";
  if (why.startsWith("has no private key")) return "put its private key there";
  return "renew it where it was made";
}
