/**
 * TLS sessions of one device for resumption, by host name and dialled address.
 *
 * A session is offered only to the name it came from: Node skips the name and CA check on a resumed session, and one
 * got from `a.test` was accepted for `b.test`. It is dropped on any error and when the server's certificate ends. The
 * owner is one device with one CA set, so those two need not be part of the key.
 */
export class TlsSessions {
  readonly #sessions = new Map<string, { readonly session: Buffer; readonly validToMs: number }>();
  readonly #now: () => number;

  /** @param now ms since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  keep(key: string, session: Buffer, validToMs: number): void {
    this.#sessions.set(key, { session, validToMs });
  }

  offer(key: string): Buffer | undefined {
    const kept = this.#sessions.get(key);
    if (kept === undefined) return undefined;
    if (kept.validToMs > this.#now()) return kept.session;
    this.#sessions.delete(key);
    return undefined;
  }

  drop(key: string): void {
    this.#sessions.delete(key);
  }
}
