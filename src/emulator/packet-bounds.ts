import { EventEmitter } from "node:events";
import type { Client, Subscription } from "aedes";
import type { ClientBounds } from "./client-bounds.ts";

/** A packet as the parser gives it, before aedes sees it. */
interface ParsedPacket {
  cmd?: string;
  readonly subscriptions?: readonly Subscription[];
  readonly unsubscriptions?: readonly string[];
}

export interface PacketBounds extends Pick<ClientBounds, "limits" | "limitLog"> {
  /** The longest packet, as its header announces it. */
  readonly maxBytes: number;
  /** Called just before a packet that is not allowed closes the connection. */
  readonly onRefused: () => void;
}

/** The packets of QoS 2, which nobody here is ever in the middle of. */
const QOS_2_PACKETS: ReadonlySet<string> = new Set(["pubrec", "pubrel", "pubcomp"]);
/** aedes closes the connection on a packet of a kind that it does not know. */
const UNKNOWN = "refused";
/** Pieces of a packet that is not whole yet, before they are joined: each costs some hundred bytes beside its own. */
const PIECES_MAX = 64;

/**
 * What aedes 1.2 does not bound in the packets of a client. Its parser has no public name; the version is pinned.
 *
 * QoS 1 is granted at most, as in Azure: aedes grants what was asked, whatever `authorizeSubscribe` returns, and asks its
 * store about each PUBREL, so packets of QoS 2 are changed before it sees them. A packet that announces more than
 * `maxBytes` closes the connection at its header, where aedes would buffer up to 256 MiB before a rule sees it; so does
 * one with more filters than the limit says. What comes byte by byte is joined.
 */
export function boundPackets(client: Client, options: PacketBounds): void {
  const parser: unknown = Reflect.get(client, "_parser");
  if (!(parser instanceof EventEmitter)) throw new TypeError("aedes: Client has no _parser");
  const { limits, limitLog, maxBytes, onRefused } = options;
  parser.prependListener("packet", (packet: ParsedPacket) => {
    const filters = packet.subscriptions ?? packet.unsubscriptions ?? [];
    const isTooMany = filters.length > limits.subscribeFiltersMax;
    if (isTooMany)
      limitLog.hit("subscribeFiltersMax", { deviceId: client.id, filters: filters.length });
    for (const subscription of packet.subscriptions ?? [])
      if (subscription.qos === 2) subscription.qos = 1;
    if (!isTooMany && !QOS_2_PACKETS.has(packet.cmd ?? "")) return;
    packet.cmd = UNKNOWN;
    onRefused();
  });
  const parse: unknown = Reflect.get(parser, "parse");
  if (typeof parse !== "function") throw new TypeError("aedes: the parser has no parse");
  let pieces = 0;
  Reflect.set(parser, "parse", (bytes: Buffer): unknown => {
    const left: unknown = Reflect.apply(parse, parser, [bytes]);
    const packet: unknown = Reflect.get(parser, "packet");
    if (typeof packet === "object" && packet !== null && announcedBytes(packet) > maxBytes) {
      onRefused();
      client.conn.destroy();
    }
    pieces = left === 0 ? 0 : pieces + 1;
    if (pieces === PIECES_MAX) {
      pieces = 1;
      join(parser);
    }
    return left;
  });
}

/** The remaining length of the packet that is being read; -1 before its header is complete. */
function announcedBytes(packet: object): number {
  const length: unknown = Reflect.get(packet, "length");
  if (typeof length !== "number") throw new TypeError("aedes: the packet has no length");
  return length;
}

/** The list of buffers that mqtt-packet 9 reads from (package bl, whose public methods these are). */
interface BufferList {
  readonly length: number;
  slice(): Buffer;
  consume(bytes: number): unknown;
  append(bytes: Buffer): unknown;
}

function join(parser: EventEmitter): void {
  const list: unknown = Reflect.get(parser, "_list");
  if (!isBufferList(list)) throw new TypeError("mqtt-packet: the parser has no list of buffers");
  const all = list.slice();
  list.consume(list.length);
  list.append(all);
}

function isBufferList(value: unknown): value is BufferList {
  if (typeof value !== "object" || value === null) return false;
  return ["slice", "consume", "append"].every(
    (name) => typeof Reflect.get(value, name) === "function",
  );
}
