import type { AedesPublishPacket, Client } from "aedes";

/** A message to one connection. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly qos: 0 | 1;
  /** By which the PUBACK will name it, at QoS 1; 1 to 65,535, left out where nobody waits for it. */
  readonly packetId?: number;
  /** Whether this connection, or one before it, was sent the message already. */
  readonly dup?: boolean;
}

/** A client that lets more than this many bytes lie is closed. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

/** The packet ids of the messages at QoS 1 that aedes has been given and has not asked about yet, in order. */
const givenIds = new WeakMap<Client, (number | undefined)[]>();

/**
 * Sends to one connection alone: what goes through the broker would reach every subscriber of the filter. One that
 * asks and does not read is closed, since what is for it would be kept without bound.
 */
export function sendTo(client: Client, message: Outgoing): void {
  if (client.conn.writableLength > MAX_UNREAD_BYTES) return void client.conn.destroy();
  const { topic, payload, qos, packetId, dup = false } = message;
  if (qos === 1) {
    const ids = givenIds.get(client) ?? [];
    givenIds.set(client, ids);
    ids.push(packetId);
  }
  client.publish({ cmd: "publish", topic, payload, qos, dup, retain: false }, () => {});
}

/**
 * For aedes' `authorizeForward`, the one place where a packet to a client can be given an id: `Client.publish` drops
 * that of its argument. aedes 1.2 asks once for each message, in the order in which they were sent.
 */
export function withPacketId(client: Client, packet: AedesPublishPacket): AedesPublishPacket {
  const packetId = packet.qos === 1 ? givenIds.get(client)?.shift() : undefined;
  return packetId === undefined ? packet : Object.assign(packet, { messageId: packetId });
}
