import { X509Certificate } from "node:crypto";
import { pathLengthOf } from "./path-length.ts";

/** An enrollment entry with the certificates that sign its devices. */
export interface SigningEntry {
  readonly certificates: readonly X509Certificate[];
}

export type ChainVerdict<E> =
  | { readonly found: E }
  | {
      readonly found: undefined;
      readonly message: "CA certificate not found." | "Invalid certificate.";
    };

// Texts as DPS sends them with 401002 (Azure/azure-iot-sdk-java #573, Azure/azure-sdk-for-c parser tests).
const NO_CA = { found: undefined, message: "CA certificate not found." } as const;
const INVALID = { found: undefined, message: "Invalid certificate." } as const;

/** Parses what a client presented; undefined if any of it is no certificate. */
export function parseChain(chain: readonly Buffer[]): readonly X509Certificate[] | undefined {
  try {
    return chain.map((der) => new X509Certificate(der));
  } catch {
    return undefined;
  }
}

/**
 * Walks the chain from the leaf upwards and gives the first entry whose certificate signed it.
 * Every step checks the issuer's name and signature, the CA flag, the path length and the dates; name constraints are
 * not looked at.
 * Source: Microsoft Learn, "X.509 certificate attestation", "DPS device chain requirements" and
 * "Enrollment groups": the first entry found counts, entries above it are not looked at.
 *
 * @param verifiedCas where given, the entry's certificate must be one of them, or lead up to one
 */
export function findSigningEntry<E extends SigningEntry>(
  chain: readonly X509Certificate[],
  entries: Iterable<E>,
  options: {
    readonly nowMs: number;
    readonly verifiedCas?: readonly X509Certificate[] | undefined;
  },
): ChainVerdict<E> {
  const candidates = [...entries];
  let current = chain[0];
  if (current === undefined || !isValidAt(current, options.nowMs)) return INVALID;
  for (let level = 1; level <= chain.length; level++) {
    const child = current;
    const below = chain.slice(1, level);
    for (const entry of candidates) {
      const signers = entry.certificates.filter((ca) => issued(child, ca));
      if (signers.length === 0) continue;
      // While a CA is rolled, primary and secondary may be one key in an old and a new certificate.
      const signer = signers.find((ca) => maySign(ca, below, options.nowMs));
      if (signer === undefined) return INVALID;
      return options.verifiedCas === undefined ||
        reachesVerified(signer, { ...options, below, above: chain.slice(level) })
        ? { found: entry }
        : NO_CA;
    }
    const next = chain[level];
    if (next === undefined || !issued(child, next)) return NO_CA;
    if (!maySign(next, below, options.nowMs)) return INVALID;
    current = next;
  }
  return NO_CA;
}

/** Whether a chain, leaf first, leads up to a verified CA; by the same steps as above, without an entry. */
export function leadsToVerified(
  chain: readonly X509Certificate[],
  options: { readonly nowMs: number; readonly verifiedCas: readonly X509Certificate[] },
): boolean {
  const [leaf, next] = chain;
  if (leaf === undefined) return false;
  const { nowMs, verifiedCas } = options;
  if (verifiedCas.some((ca) => issued(leaf, ca) && maySign(ca, [], nowMs))) return true;
  if (next === undefined || !issued(leaf, next) || !maySign(next, [], nowMs)) return false;
  return reachesVerified(next, { nowMs, verifiedCas, below: [], above: chain.slice(2) });
}

function reachesVerified(
  signer: X509Certificate,
  options: {
    readonly nowMs: number;
    readonly verifiedCas?: readonly X509Certificate[] | undefined;
    readonly below: readonly X509Certificate[];
    readonly above: readonly X509Certificate[];
  },
): boolean {
  const { nowMs, verifiedCas = [], above } = options;
  const below = [...options.below];
  let current: X509Certificate = signer;
  for (let step = 0; step <= above.length; step++) {
    const at = current;
    if (verifiedCas.some((ca) => ca.fingerprint256 === at.fingerprint256)) return true;
    below.push(at);
    if (verifiedCas.some((ca) => issued(at, ca) && maySign(ca, below, nowMs))) return true;
    const next = above.find((ca) => ca.fingerprint256 !== at.fingerprint256 && issued(at, ca));
    if (next === undefined || !maySign(next, below, nowMs)) return false;
    current = next;
  }
  return false;
}

/** Whether `ca` may stand above `below`, the CA certificates between it and the leaf (RFC 5280, 6.1.4). */
function maySign(ca: X509Certificate, below: readonly X509Certificate[], nowMs: number): boolean {
  const most = pathLengthOf(ca.raw) ?? Infinity;
  const counted = below.filter(({ subject, issuer }) => subject !== issuer).length;
  return ca.ca && counted <= most && isValidAt(ca, nowMs);
}

function issued(child: X509Certificate, parent: X509Certificate): boolean {
  try {
    return child.checkIssued(parent) && child.verify(parent.publicKey);
  } catch {
    // A key kind that OpenSSL cannot use has signed nothing that we can check.
    return false;
  }
}

/** Whether the certificate's dates include `nowMs`. */
export function isValidAt(certificate: X509Certificate, nowMs: number): boolean {
  return Date.parse(certificate.validFrom) <= nowMs && nowMs <= Date.parse(certificate.validTo);
}
