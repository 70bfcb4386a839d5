import type { Duplex } from "node:stream";
import type { EmulatorLimits } from "./defaults.ts";
import type { LimitLog } from "./limit-log.ts";

/** What connections may hold. */
export interface ByteBounds {
  readonly each: number;
  readonly total: number;
  /** The limits that these are, for the log. */
  readonly names: {
    readonly each: keyof EmulatorLimits;
    readonly total: keyof EmulatorLimits;
  };
}

/**
 * Bytes that the emulator holds for connections that are slow: each has its bound, and all have one together, so that
 * thousands of them cannot do what one may not. Where all hold too much, the connection that holds most is closed.
 */
export class ByteBudget {
  readonly #bounds: ByteBounds;
  readonly #limitLog: LimitLog;
  readonly #held = new Map<Duplex, number>();
  #total = 0;

  constructor(bounds: ByteBounds, limitLog: LimitLog) {
    this.#bounds = bounds;
    this.#limitLog = limitLog;
  }

  /** What all connections hold. */
  get total(): number {
    return this.#total;
  }

  /** @returns false where the connection has been closed instead */
  take(stream: Duplex, bytes: number): boolean {
    if (stream.destroyed) return false;
    const { each, total, names } = this.#bounds;
    const held = (this.#held.get(stream) ?? 0) + bytes;
    if (held > each) {
      this.#close(stream, names.each);
      return false;
    }
    this.#held.set(stream, held);
    this.#total += bytes;
    while (this.#total > total) {
      const greediest = this.#greediest();
      if (greediest === undefined) break;
      this.#close(greediest, names.total);
    }
    return !stream.destroyed;
  }

  /** What was taken is held no more; nothing where the connection was closed by `take`. */
  give(stream: Duplex, bytes: number): void {
    const held = this.#held.get(stream);
    if (held === undefined) return;
    this.#total -= Math.min(bytes, held);
    if (held > bytes) this.#held.set(stream, held - bytes);
    else this.#held.delete(stream);
  }

  #close(stream: Duplex, limit: keyof EmulatorLimits): void {
    this.#total -= this.#held.get(stream) ?? 0;
    this.#held.delete(stream);
    this.#limitLog.hit(limit);
    stream.destroy();
  }

  #greediest(): Duplex | undefined {
    let most = 0;
    let greediest: Duplex | undefined;
    for (const [stream, bytes] of this.#held) {
      if (bytes <= most) continue;
      most = bytes;
      greediest = stream;
    }
    return greediest;
  }
}
