import type { TLSSocket } from "node:tls";
import { HeldCalls } from "./held-calls.ts";
import { replaceMethod } from "./replace-method.ts";

/** What becomes of the bytes of a connection, in both directions. */
export type Passage =
  /** They stay where they are; neither side is told anything. */
  | { readonly kind: "blocked" }
  /** They arrive later, in their order. `delayMs` is asked for each piece. */
  | { readonly kind: "delayed"; readonly delayMs: () => number }
  /** They are lost, as is the end of the connection; `heard` is told that the peer sent something, or ended. */
  | { readonly kind: "lost"; readonly heard: (isEnd: boolean) => void };

/** Of a peer, as a receive window would hold it; then its bytes wait in the kernels. */
const INBOUND_MAX_BYTES = 64 * 1024;
/** For a peer; a service that writes more than this loses the connection. */
const OUTBOUND_MAX_BYTES = 8 * 1024 * 1024;

export interface DetourOptions {
  /** The peer has ended its side of a connection that is blocked, which is held back as its bytes are. */
  readonly peerEnded: () => void;
  /** More is held back for the peer than can be kept. */
  readonly overflowed: () => void;
}

/**
 * Stands between a TLS connection and those who use it while a network fault is on, and is not there otherwise: the
 * socket's own ways in (`push`) and out (`write`, `end`, `destroy`) are replaced for that time. That serves MQTT, whose
 * broker reads the socket, and WebSocket, which makes it flow.
 */
export class Detour {
  readonly #socket: TLSSocket;
  readonly #options: DetourOptions;
  readonly #inbound = new HeldCalls();
  readonly #outbound = new HeldCalls();
  #passage: Passage | undefined;
  #putBack: readonly (() => void)[] = [];

  constructor(socket: TLSSocket, options: DetourOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Whether a fault is on: what is not installed holds nothing back, and may be let go of. */
  get isInstalled(): boolean {
    return this.#passage !== undefined;
  }

  /** @param passage undefined = none: what was held back goes on at once, and the socket is as it was */
  set(passage: Passage | undefined): void {
    const before = this.#passage;
    this.#passage = passage;
    if (passage === undefined) {
      if (before !== undefined) this.#open();
    } else {
      if (before === undefined) this.#install();
      if (passage.kind === "blocked") this.#both((calls) => calls.forgetTimes());
      if (passage.kind === "delayed" && before?.kind === "blocked")
        this.#both((calls) => calls.makeAll());
      if (passage.kind === "lost") this.#both((calls) => calls.drop());
    }
  }

  /** Does `act` when what has arrived until now is through: at once, where nothing is held back. */
  whenThrough(act: () => void): void {
    if (this.#passage === undefined) act();
    else this.#pass(this.#inbound, 0, act);
  }

  /** Loses what is held back, and puts the socket back. */
  drop(): void {
    this.#both((calls) => calls.drop());
    this.set(undefined);
  }

  #install(): void {
    const socket = this.#socket;
    this.#putBack = [
      replaceMethod(socket, "push", (push) => (chunk, encoding) => {
        this.#pass(this.#inbound, bytesOf(chunk), () => {
          if (!socket.destroyed) push(chunk, encoding);
        });
        this.#heard(chunk === null);
        // At a "no" the socket reads no more; the first `push` that gets through lets it read again.
        return this.#inbound.bytes < INBOUND_MAX_BYTES;
      }),
      replaceMethod(socket, "write", (write) => (chunk, ...more) => {
        this.#pass(this.#outbound, bytesOf(chunk), () => void write(chunk, ...more));
        if (this.#outbound.bytes > OUTBOUND_MAX_BYTES) this.#options.overflowed();
        return true;
      }),
      ...["end", "destroy"].map((name) =>
        replaceMethod(socket, name, (method) => (...given) => {
          this.#pass(this.#outbound, 0, () => void method(...given));
          return socket;
        }),
      ),
    ];
  }

  #open(): void {
    // The last first: an object that loses its newest property keeps its shape, and else it becomes a table of 3 KiB.
    for (const putBack of this.#putBack.toReversed()) putBack();
    this.#putBack = [];
    this.#both((calls) => calls.makeAll());
  }

  #pass(calls: HeldCalls, bytes: number, make: () => void): void {
    const passage = this.#passage;
    if (passage?.kind === "blocked") calls.hold(bytes, make);
    else if (passage?.kind === "delayed") calls.delay(bytes, make, passage.delayMs());
  }

  #heard(isEnd: boolean): void {
    const passage = this.#passage;
    if (passage?.kind === "lost") passage.heard(isEnd);
    else if (passage?.kind === "blocked" && isEnd) this.#options.peerEnded();
  }

  /** First what is for the peer: Node writes nothing more to one whose end has been read. */
  #both(act: (calls: HeldCalls) => void): void {
    act(this.#outbound);
    act(this.#inbound);
  }
}

function bytesOf(chunk: unknown): number {
  if (typeof chunk === "string") return Buffer.byteLength(chunk);
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
