/** A certificate of a chain, with its SHA-256 fingerprint in whatever form. */
export interface ChainMember {
  readonly fingerprint: string;
  /** DER */
  readonly raw: Buffer;
}

interface Issuers {
  readonly key: string;
  readonly certificates: readonly Buffer[];
  readonly bytes: number;
  /** The leaves that are remembered with them. */
  leaves: number;
}

/** What a leaf costs beside its issuers, roughly, in bytes: two fingerprints and their places. */
const LEAF_BYTES = 400;
/** Room for some 80,000 leaves of one CA, or for several hundred of the longest chains that TLS lets pass. */
const MAX_BYTES = 32 * 1024 * 1024;

/**
 * Remembers which issuers were shown with a leaf. The leaves of a CA share one copy of them; beyond the bound in bytes
 * the leaves that were shown longest ago are forgotten.
 */
export class IssuerMemory {
  readonly #maxBytes: number;
  readonly #byLeaf = new Map<string, Issuers>();
  readonly #byKey = new Map<string, Issuers>();
  #bytes = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** What is remembered, in bytes, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param issuers from the leaf's own up */
  remember(leafFingerprint: string, issuers: readonly ChainMember[]): void {
    this.#forget(leafFingerprint);
    const known = this.#issuersOf(issuers);
    known.leaves += 1;
    this.#byLeaf.set(leafFingerprint, known);
    this.#bytes += LEAF_BYTES;
    for (const oldest of this.#byLeaf.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#forget(oldest);
    }
  }

  find(leafFingerprint: string): readonly Buffer[] | undefined {
    return this.#byLeaf.get(leafFingerprint)?.certificates;
  }

  #issuersOf(issuers: readonly ChainMember[]): Issuers {
    const key = issuers.map(({ fingerprint }) => fingerprint).join(" ");
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const certificates = issuers.map(({ raw }) => raw);
    const bytes = certificates.reduce((sum, { length }) => sum + length, key.length);
    const added = { key, certificates, bytes, leaves: 0 };
    this.#byKey.set(key, added);
    this.#bytes += bytes;
    return added;
  }

  #forget(leafFingerprint: string): void {
    const issuers = this.#byLeaf.get(leafFingerprint);
    if (issuers === undefined) return;
    this.#byLeaf.delete(leafFingerprint);
    this.#bytes -= LEAF_BYTES;
    issuers.leaves -= 1;
    if (issuers.leaves > 0) return;
    this.#byKey.delete(issuers.key);
    this.#bytes -= issuers.bytes;
  }
}
