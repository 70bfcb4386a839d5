import type { X509Certificate } from "node:crypto";
import { issued, isValidAt, maySign, reachesVerified } from "../certificates/chain.ts";

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

/**
 * Walks the chain from the leaf upwards and gives the first entry whose certificate signed it.
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
    readonly verifiedCas: readonly X509Certificate[] | undefined;
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
      const { verifiedCas, nowMs } = options;
      const above = chain.slice(level);
      return verifiedCas === undefined ||
        reachesVerified(signer, { nowMs, verifiedCas, below, above })
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
