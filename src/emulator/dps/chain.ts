import { X509Certificate } from "node:crypto";

/** An enrollment entry with the certificates that sign its devices. */
export interface SigningEntry {
  readonly certificates: readonly X509Certificate[];
}

export type ChainVerdict<E> =
  { readonly found: E } | { readonly found: undefined; readonly message: string };

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
 * Every step checks the issuer's name and signature, the CA flag and the dates.
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
    for (const entry of candidates) {
      const signer = entry.certificates.find((ca) => current !== undefined && issued(current, ca));
      if (signer === undefined) continue;
      if (!signer.ca || !isValidAt(signer, options.nowMs)) return INVALID;
      return options.verifiedCas === undefined ||
        reachesVerified(signer, chain.slice(level), options.verifiedCas)
        ? { found: entry }
        : NO_CA;
    }
    const next: X509Certificate | undefined = chain[level];
    if (next === undefined || !issued(current, next)) return NO_CA;
    if (!next.ca || !isValidAt(next, options.nowMs)) return INVALID;
    current = next;
  }
  return NO_CA;
}

function reachesVerified(
  signer: X509Certificate,
  presented: readonly X509Certificate[],
  verified: readonly X509Certificate[],
): boolean {
  let current: X509Certificate = signer;
  for (let step = 0; step <= presented.length; step++) {
    const at = current;
    if (verified.some((ca) => ca.fingerprint256 === at.fingerprint256 || issued(at, ca)))
      return true;
    const next = presented.find((ca) => ca.fingerprint256 !== at.fingerprint256 && issued(at, ca));
    if (next === undefined) return false;
    current = next;
  }
  return false;
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
