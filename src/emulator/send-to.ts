import type { AedesPublishPacket, Client } from "aedes";
import type { ByteBudget } from "./byte-budget.ts";
import type { State } from "./state/state.ts";

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

/** What a message costs beside its payload while it waits, roughly, in bytes. */
const OVERHEAD_BYTES = 200;

/**
 * The stream in which our messages at QoS 1 are numbered. aedes drops what is out of order within a stream, and its own
 * has messages at QoS 0, which overtake those at QoS 1 on their way to a client whose session is kept.
 */
const ACKNOWLEDGED = "acknowledged";
const PACKET_IDS = 65_536;
let sent = 0;

/** MQTT 3.1.1, 1.5.3: a topic's length has two bytes. */
export const TOPIC_MAX_BYTES = 65_535;

/** What messages to devices wait for, and count in. */
export interface Outlet {
  readonly state: State;
  /** What devices were sent and have not read. */
  readonly unread: ByteBudget;
}

/**
 * Sends to one connection alone, in the order of the calls, once what the message tells is kept: what goes through the
 * broker would reach every subscriber of the filter. One that asks and does not read is closed, since what is for it
 * would be kept without bound; and so is one whose request id is too long to be echoed, since aedes would write half of
 * the answer.
 */
export function sendTo(client: Client, message: Outgoing, { state, unread }: Outlet): void {
  const { conn } = client;
  if (Buffer.byteLength(message.topic) > TOPIC_MAX_BYTES) return void conn.destroy();
  const bytes = message.topic.length + message.payload.length + OVERHEAD_BYTES;
  if (!unread.take(conn, bytes)) return;
  const taken = (): void => unread.give(conn, bytes);
  state.afterSaved((error) => {
    if (error === undefined) sendNow(client, message, taken);
    else taken();
  });
}

/** @param taken called once the connection has taken it, or is closed */
function sendNow(client: Client, message: Outgoing, taken: () => void): void {
  const { topic, payload, qos, packetId = 0, dup = false } = message;
  const packet = { cmd: "publish", topic, payload, qos, dup, retain: false } as const;
  // The number carries the packet id, since `Client.publish` drops that of its argument.
  const number = ++sent * PACKET_IDS + packetId;
  client.publish(
    qos === 0 ? packet : Object.assign(packet, { brokerId: ACKNOWLEDGED, brokerCounter: number }),
    taken,
  );
}

/** For aedes' `authorizeForward`, which it asks before it gives a message at QoS 1 an id of its own choice. */
export function withPacketId(_client: Client, packet: AedesPublishPacket): AedesPublishPacket {
  const packetId = packet.brokerId === ACKNOWLEDGED ? packet.brokerCounter % PACKET_IDS : 0;
  return packetId === 0 ? packet : Object.assign(packet, { messageId: packetId });
}
