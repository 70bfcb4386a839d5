import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { ChainMember } from "./issuer-memory.ts";
import { IssuerMemory } from "./issuer-memory.ts";

/** What the hub needs to know of a client's certificate. */
export interface PeerLeaf {
  readonly commonName: string | undefined;
  /** 40 and 64 upper-case hex digits. */
  readonly sha1: string;
  readonly sha256: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A thumbprint as users write them (colons, spaces, any case) in the form that is compared. */
export function normalizeThumbprint(text: string): string {
  return text.replaceAll(/[^0-9a-fA-F]/g, "").toUpperCase();
}

/** The client's own certificate, or undefined if it presented none. */
export function peerLeaf(socket: TLSSocket): PeerLeaf | undefined {
  const certificate = socket.getPeerCertificate(false);
  // Node gives an empty object, or null after the socket is gone, where there is no certificate.
  if (certificate?.raw === undefined) return undefined;
  const commonName: unknown = certificate.subject.CN;
  return {
    commonName: typeof commonName === "string" ? commonName : undefined,
    sha1: normalizeThumbprint(certificate.fingerprint),
    sha256: normalizeThumbprint(certificate.fingerprint256),
    notBeforeMs: Date.parse(certificate.valid_from),
    notAfterMs: Date.parse(certificate.valid_to),
  };
}

/**
 * The chains that clients presented, leaf first, as DER.
 * A resumed TLS session shows the leaf without its chain, so the issuers of the last full one are remembered.
 */
export class PeerChains {
  readonly #issuers = new IssuerMemory();

  /** Must be the first look at the socket's certificates: `getPeerX509Certificate` cuts the chain for good. */
  read(socket: TLSSocket): readonly Buffer[] {
    const leaf = socket.getPeerCertificate(true);
    if (leaf?.raw === undefined) return [];
    const shown = chainOf(leaf);
    if (socket.isSessionReused()) {
      const known = this.#issuers.find(leaf.fingerprint256);
      return known === undefined ? shown.map(({ raw }) => raw) : [leaf.raw, ...known];
    }
    this.#issuers.remember(leaf.fingerprint256, shown.slice(1));
    return shown.map(({ raw }) => raw);
  }
}

function chainOf(leaf: DetailedPeerCertificate): readonly ChainMember[] {
  const chain: ChainMember[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push({ fingerprint: next.fingerprint256, raw: next.raw });
    next = next.issuerCertificate;
  }
  return chain;
}
