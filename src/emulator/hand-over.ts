import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Logger } from "../base/log.ts";
import type { ClientBounds } from "./client-bounds.ts";
import type { ConnectHead } from "./connect-packet.ts";
import { connackRefusal, peekConnect } from "./connect-packet.ts";

/** A service behind the listener: takes over a connection whose CONNECT has arrived but is still unread. */
export interface MqttService {
  /** @param peer the TLS connection under `stream`: the same, or the one that carries a WebSocket */
  accept(stream: Duplex, peer: TLSSocket): void;
}

/** How a CONNECT is turned away: by a code of MQTT 3.1.1, 3.2.2.3, or without a word. */
export type TurnedAway = 1 | 2 | 3 | 4 | 5 | "close";

/** How a new MQTT connection finds its service. */
export interface HandOverOptions {
  /** A connection without a whole CONNECT by then is closed. */
  readonly connectTimeoutMs: number;
  readonly bounds: ClientBounds;
  /** Lets a CONNECT of MQTT 3.1.1 in, by `enter`, when the network has let it through; which may be never. */
  readonly arrive: (
    head: ConnectHead,
    connection: { readonly stream: Duplex; readonly socket: TLSSocket },
    enter: () => void,
  ) => void;
  /** The service that such a CONNECT is for, once it is in. */
  readonly route: (head: ConnectHead) => MqttService | TurnedAway;
  readonly log: Logger;
}

/** Pieces of a CONNECT before they are joined: each costs some hundred bytes beside its own. */
const PIECES_MAX = 64;

/** Waits for the whole CONNECT, puts it back, and gives the stream to the service it names. */
export function handOver(stream: Duplex, peer: TLSSocket, options: HandOverOptions): void {
  const { connects } = options.bounds;
  let pieces: Buffer[] = [];
  let bytes = 0;
  let wanted = 0;
  const fail = (): void => void stream.destroy();
  const timer = setTimeout(fail, options.connectTimeoutMs);
  const release = (): void => {
    clearTimeout(timer);
    connects.give(stream, bytes);
    stream.off("readable", onReadable);
    stream.off("error", fail);
    stream.off("close", release);
  };
  const onReadable = (): void => {
    const chunk: unknown = stream.read();
    if (!Buffer.isBuffer(chunk)) return;
    pieces.push(chunk);
    bytes += chunk.length;
    if (!connects.take(stream, chunk.length)) return;
    // Joined only when it can help: a peer that sends byte by byte must not cost a copy each.
    if (bytes < wanted && pieces.length < PIECES_MAX) return;
    const seen = Buffer.concat(pieces);
    pieces = [seen];
    if (bytes < wanted) return;
    const peek = peekConnect(seen);
    if (peek.state === "incomplete") {
      wanted = peek.wanted;
      return;
    }
    if (peek.state === "invalid") return fail();
    release();
    const { head } = peek;
    const enter = (): void => {
      // MQTT 3.1.1, 3.1.2.2: another protocol level is answered with code 1.
      const service = head.level === 4 ? options.route(head) : 1;
      if (typeof service !== "object") {
        options.log.debug({ level: head.level, answer: service }, "connection refused");
        turnAway(stream, service, options.connectTimeoutMs);
        return;
      }
      stream.unshift(seen);
      service.accept(stream, peer);
    };
    if (head.level === 4) options.arrive(head, { stream, socket: peer }, enter);
    else enter();
  };
  stream.on("readable", onReadable);
  stream.on("error", fail);
  stream.on("close", release);
}

/** Says no and closes; a peer that keeps its side open loses it after `lingerMs`. */
function turnAway(stream: Duplex, answer: TurnedAway, lingerMs: number): void {
  if (answer === "close") {
    stream.destroy();
    return;
  }
  const timer = setTimeout(() => stream.destroy(), lingerMs);
  stream.on("error", () => stream.destroy());
  stream.on("close", () => clearTimeout(timer));
  // Read and thrown away: unread bytes would turn the close into a reset, which can overtake the CONNACK.
  stream.resume();
  stream.end(connackRefusal(answer));
}
