import { X509Certificate } from "node:crypto";
import { pathLengthOf } from "./path-length.ts";

/** Parses what a client presented; undefined if any of it is no certificate. */
export function parseChain(chain: readonly Buffer[]): readonly X509Certificate[] | undefined {
  try {
    return chain.map((der) => new X509Certificate(der));
  } catch {
    return undefined;
  }
}

/**
 * Whether a chain, leaf first, leads up to a verified CA. Every step checks the issuer's name and signature, the CA flag, the
 * path length and the dates; name constraints are not looked at.
 */
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

/**
 * Whether a CA is verified, or leads up to a verified one; a verified CA need not be in the chain itself.
 *
 * @param options `below`: the CAs between it and the leaf; `above`: what the client presented above it, nearest first
 */
export function reachesVerified(
  signer: X509Certificate,
  options: {
    readonly nowMs: number;
    readonly verifiedCas: readonly X509Certificate[];
    readonly below: readonly X509Certificate[];
    readonly above: readonly X509Certificate[];
  },
): boolean {
  const { nowMs, verifiedCas, above } = options;
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
export function maySign(
  ca: X509Certificate,
  below: readonly X509Certificate[],
  nowMs: number,
): boolean {
  const most = pathLengthOf(ca.raw) ?? Infinity;
  const counted = below.filter(({ subject, issuer }) => subject !== issuer).length;
  return ca.ca && counted <= most && isValidAt(ca, nowMs);
}

/** Whether `parent` signed `child`, by name and by key; never throws. */
export function issued(child: X509Certificate, parent: X509Certificate): boolean {
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
