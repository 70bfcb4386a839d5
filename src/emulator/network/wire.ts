import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { endStream } from "../end-stream.ts";
import { socketUnder } from "../raw-sockets.ts";
import type { Passage } from "./detour.ts";
import { Detour } from "./detour.ts";

/** Whose connection it is, as its CONNECT says; whether that is so, the service judges afterwards. */
export interface WireTarget {
  /** `dps`, or a hub's host name in lower case. */
  readonly service: string;
  readonly deviceId: string;
}

export interface WireOptions extends WireTarget {
  /** What the service reads and writes: the TLS connection, or the WebSocket in it. */
  readonly stream: Duplex;
  readonly socket: TLSSocket;
}

/** A peer that keeps its side of a closed connection open loses it after this time without a byte of it. */
const LINGER_MS = 30_000;

/** One MQTT connection of a device as the network sees it: something that can be cut, blocked, slowed down and lost. */
export class Wire implements WireTarget {
  readonly service: string;
  readonly deviceId: string;
  readonly #stream: Duplex;
  readonly #socket: TLSSocket;
  #detour: Detour | undefined;
  #state: "arriving" | "entered" | "gone" = "arriving";

  constructor({ service, deviceId, stream, socket }: WireOptions) {
    this.service = service;
    this.deviceId = deviceId;
    this.#stream = stream;
    this.#socket = socket;
  }

  /** Whether it is cut, shut down or forgotten: nothing can be done to it any more. */
  get isGone(): boolean {
    return this.#state === "gone";
  }

  /** Lets the service take it over, as soon as the network lets its CONNECT through. */
  enter(accept: () => void): void {
    // Nobody else listens yet, and nobody will where it is cut before.
    this.#stream.on("error", ignore);
    const enter = (): void => {
      if (this.#state !== "arriving" || this.#stream.destroyed) return;
      this.#stream.off("error", ignore);
      this.#state = "entered";
      accept();
    };
    if (this.#detour === undefined) enter();
    else this.#detour.whenThrough(enter);
  }

  /** Breaks it off: by a TCP reset, or by a FIN without a word of TLS. What was not sent yet is lost. */
  cut(how: "reset" | "close"): void {
    this.#state = "gone";
    this.#detour?.drop();
    const socket = socketUnder(this.#socket);
    if (how === "reset" && socket !== undefined && !socket.destroyed) socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  /** Closes it in good order, when all that was written is sent; MQTT 3.1.1 has no word for it. */
  shutDown(): void {
    this.pass(undefined);
    this.#state = "gone";
    void endStream(this.#stream);
    this.#socket.setTimeout(LINGER_MS, () => this.#socket.destroy());
  }

  /** @param passage undefined = as if there were no network faults */
  pass(passage: Passage | undefined): void {
    if (this.isGone || (this.#detour === undefined && passage === undefined)) return;
    this.#detour ??= new Detour(this.#socket, {
      // Nobody waits for the answer to a CONNECT any more; who is inside hears of the end when the fault is over.
      peerEnded: () => {
        if (this.#state === "arriving") this.cut("close");
      },
      overflowed: () => this.cut("reset"),
    });
    const detour = this.#detour;
    detour.set(passage);
    // What was let through may have brought the next fault.
    if (!detour.isInstalled) this.#detour = undefined;
  }

  /**
   * Takes it away from the service, to which it ends, and leaves it open to the device, whose bytes are lost from now on.
   *
   * @returns makes the next of them be answered by a TCP reset, as a system does that knows nothing of the connection
   */
  forget(): () => void {
    this.pass(undefined);
    let isOver = false;
    // Before the detour stands: this is for the service alone.
    this.#stream.push(null);
    const heard = (isEnd: boolean): void => {
      if (isOver || isEnd) this.cut("reset");
    };
    this.pass({ kind: "lost", heard });
    this.#state = "gone";
    return () => {
      isOver = true;
    };
  }
}

function ignore(): void {}
