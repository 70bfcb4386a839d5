import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

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
 * A resumed TLS session shows the leaf without its chain, so the last full one per leaf is remembered.
 */
export class PeerChains {
  readonly #capacity: number;
  readonly #byLeaf = new Map<string, readonly Buffer[]>();

  constructor(capacity = 50_000) {
    this.#capacity = capacity;
  }

  /** Must be the first look at the socket's certificates: `getPeerX509Certificate` cuts the chain for good. */
  read(socket: TLSSocket): readonly Buffer[] {
    const leaf = socket.getPeerCertificate(true);
    if (leaf?.raw === undefined) return [];
    const chain = chainOf(leaf);
    if (socket.isSessionReused()) return this.#byLeaf.get(leaf.fingerprint256) ?? chain;
    this.#byLeaf.delete(leaf.fingerprint256);
    this.#byLeaf.set(leaf.fingerprint256, chain);
    for (const oldest of this.#byLeaf.keys()) {
      if (this.#byLeaf.size <= this.#capacity) break;
      this.#byLeaf.delete(oldest);
    }
    return chain;
  }
}

function chainOf(leaf: DetailedPeerCertificate): readonly Buffer[] {
  const chain: Buffer[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = leaf;
  while (next !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(next.raw);
    next = next.issuerCertificate;
  }
  return chain;
}
