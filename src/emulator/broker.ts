import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import type { Client, PublishPacket } from "aedes";
import { Aedes } from "aedes";
import type { Logger } from "../base/log.ts";
import type { ClientBounds } from "./client-bounds.ts";
import type { ConnectionEnd } from "./connection-end.ts";
import { ConnectionEnds } from "./connection-end.ts";
import { endStream } from "./end-stream.ts";
import type { ServiceFault } from "./fault.ts";
import { boundPackets } from "./packet-bounds.ts";
import type { Outlet } from "./send-to.ts";
import { withPacketId } from "./send-to.ts";
import type { Sessions } from "./sessions.ts";
import { KEPT_SESSION, silentBus } from "./sessions.ts";
import { settle } from "./settle.ts";
import type { State } from "./state/state.ts";
import { UnderWay } from "./under-way.ts";

/** What a connecting client says of itself. */
export interface ConnectRequest {
  readonly clientId: string;
  readonly userName: string;
  /** Undefined where CONNECT has none, or an empty one. */
  readonly password: string | undefined;
  readonly socket: TLSSocket;
  readonly client: Client;
  /** For what is sent to the client. */
  readonly outlet: Outlet;
}

/**
 * What becomes of a message; at QoS 0 `acknowledge` says nothing to its sender, and `forget` says nothing at QoS 1
 * either.
 */
export type Verdict = "acknowledge" | "forget" | "close";

/** The rules of one service over its broker. `C` is what the service keeps for a connection. */
export interface BrokerRules<C> {
  /** Session-present is always 0, whatever the client asks (DPS). */
  readonly alwaysClean: boolean;
  readonly keepaliveMaxS: number;
  /** What becomes of a CONNECT that is refused by 429: it is answered by code 3, or closed without an answer. */
  readonly throttledConnections: "connack" | "close";
  /** A packet that announces a larger remaining length (MQTT 3.1.1, 2.2.3) closes the connection at its header. */
  readonly packetMaxBytes: number;
  /**
   * Judges a CONNECT, at once or later.
   *
   * @throws {ServiceFault} refuses the connection; why stands in the log alone. The promise rejects with nothing else
   */
  connect(request: ConnectRequest): C | Promise<C>;
  /** What to do with the filter, `refuse` by 0x80 in the SUBACK, or with the connection. */
  subscribe(connection: C, filter: string, qos: 0 | 1): "grant" | "refuse" | "close";
  unsubscribe(connection: C, filter: string): void;
  /**
   * Before the PUBACK: judge, and store what must not be lost, at once or later.
   *
   * @throws {ServiceFault} closes the connection, as MQTT has no other refusal. The promise rejects with nothing else
   */
  receive(connection: C, packet: PublishPacket, isWill: boolean): Verdict | Promise<Verdict>;
  /** After the PUBACK: answer. */
  answer(connection: C, packet: PublishPacket): void;
  /** After the SUBACK, or after the CONNACK of a session that was kept: what the connection listens to may flow. */
  listening(connection: C): void;
  /** The PUBACK of a message that was sent with this packet id. */
  acknowledged(connection: C, packetId: number): void;
  connected(connection: C): void;
  disconnected(connection: C, end: ConnectionEnd): void;
}

export interface Broker {
  /** @param peer the TLS connection under `stream`, which shows the client's certificate */
  accept(stream: Duplex, peer: TLSSocket): void;
  /** Closes every connection at once; new ones may come. */
  cutOff(): void;
  /** Ends every connection once what was written to it is sent, PUBACKs among it; resolves when all are closed. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface BrokerOptions {
  readonly log: Logger;
  /** No CONNACK and no PUBACK is sent before what it tells is kept. */
  readonly state: State;
  readonly sessions: Sessions;
  readonly bounds: ClientBounds;
}

/** One MQTT broker for one service; a device's client id is the same at DPS and at its hub, hence one each. */
export async function startBroker<C>(
  rules: BrokerRules<C>,
  { log, state, sessions, bounds }: BrokerOptions,
): Promise<Broker> {
  const connections = new WeakMap<Client, C>();
  const peers = new WeakMap<object, TLSSocket>();
  const live = new Set<Client>();
  const judging = new UnderWay();
  const ends = new ConnectionEnds();
  const outlet: Outlet = { state, unread: bounds.unread };
  const broker = await Aedes.createBroker({
    mq: silentBus,
    persistence: sessions,
    // Devices pipeline behind CONNECT; the default of 42 drops them.
    queueLimit: 1000,
    drainTimeout: bounds.limits.slowReaderTimeoutMs,
    preConnect: (_client, packet, done) => {
      if (rules.alwaysClean) packet.clean = true;
      if (packet.keepalive !== undefined)
        packet.keepalive = Math.min(packet.keepalive, rules.keepaliveMaxS);
      done(null, true);
    },
    authenticate: (client, userName, password, done) => {
      const socket = peers.get(client.conn);
      if (socket === undefined) throw new TypeError("a stream that was not accepted here");
      const request: ConnectRequest = {
        clientId: client.id,
        userName: userName ?? "",
        password: password?.length === 0 ? undefined : password?.toString("utf8"),
        socket,
        client,
        outlet,
      };
      settle(() => rules.connect(request), {
        done: (connection) => {
          connections.set(client, connection);
          state.afterSaved((error) => {
            if (error === undefined) done(null, true);
            else done(Object.assign(error, { returnCode: UNAVAILABLE }), null);
          });
        },
        refused: (fault) => {
          const { code: errorCode, message: reason } = fault;
          const returnCode = returnCodeOf(fault);
          log.debug({ deviceId: client.id, returnCode, errorCode, reason }, "device refused");
          if (fault.status === 429 && rules.throttledConnections === "close") client.conn.destroy();
          done(Object.assign(new Error("connection refused"), { returnCode }), null);
        },
      });
    },
    authorizeSubscribe: (client, subscription, done) => {
      if (subscription === KEPT_SESSION) return done(null, null);
      const connection = connections.get(client);
      const { topic, qos } = subscription;
      const verdict =
        connection === undefined ? "close" : rules.subscribe(connection, topic, qos === 0 ? 0 : 1);
      if (verdict === "close") {
        ends.note(client, { kind: "notAllowed" });
        return done(new Error("filter refused"));
      }
      if (verdict !== "grant") return done(null, null);
      sessions.granted(subscription);
      return done(null, subscription);
    },
    authorizePublish: (client, packet, done) => {
      const connection = client === null ? undefined : connections.get(client);
      // Azure closes the connection on QoS 2 (Microsoft Learn, "Communicate with an IoT hub using MQTT").
      if (client === null || connection === undefined || packet.qos === 2) {
        ends.note(client, { kind: "notAllowed" });
        done(new Error("publish refused"));
        return;
      }
      log.trace({ deviceId: client.id, topic: packet.topic }, "message received");
      const isWill = Reflect.get(client, "will") === packet;
      settle(() => judging.watch(rules.receive(connection, packet, isWill)), {
        done: (verdict) => {
          if (verdict === "close") {
            if (!isWill) ends.note(client, { kind: "notAllowed" });
            done(new Error("publish refused"));
            return;
          }
          // aedes acknowledges by the QoS that it finds after this; one that it cannot go on from stalls the connection.
          if (verdict === "forget") packet.qos = 0;
          state.afterSaved(done);
        },
        refused: (fault) => {
          const { code: errorCode, message: reason } = fault;
          if (!isWill) ends.note(client, { kind: "refused", fault });
          log.debug({ deviceId: client.id, errorCode, reason }, "message refused");
          done(new Error("publish refused"));
        },
      });
    },
    authorizeForward: withPacketId,
    published: (packet, client, done) => {
      // The broker's own $SYS messages have no client.
      const connection = client === null ? undefined : connections.get(client);
      if (connection !== undefined) rules.answer(connection, packet);
      done();
    },
  });
  const forConnection = (client: Client, act: (connection: C) => void): void => {
    const connection = connections.get(client);
    if (connection !== undefined) act(connection);
  };
  broker.on("client", (client) => {
    log.debug({ deviceId: client.id }, "device connected");
    live.add(client);
    forConnection(client, (c) => rules.connected(c));
  });
  broker.on("clientReady", (client) => forConnection(client, (c) => rules.listening(c)));
  broker.on("subscribe", (_filters, client) => forConnection(client, (c) => rules.listening(c)));
  broker.on("ack", ({ messageId }, client) => {
    if (messageId !== undefined) forConnection(client, (c) => rules.acknowledged(c, messageId));
  });
  broker.on("clientDisconnect", (client) => {
    log.debug({ deviceId: client.id }, "device disconnected");
    live.delete(client);
    forConnection(client, (c) => rules.disconnected(c, ends.of(client)));
  });
  broker.on("keepaliveTimeout", (client) => ends.note(client, { kind: "silent" }));
  broker.on("unsubscribe", (filters, client) =>
    forConnection(client, (c) => {
      for (const filter of filters) rules.unsubscribe(c, filter);
    }),
  );
  broker.on("clientError", (client, err) => {
    // Once it is closed, each message that was still to be sent fails too.
    if (!client.closed) log.debug({ deviceId: client.id, err }, "connection failed");
  });
  broker.on("connectionError", (_client, err) => log.debug({ err }, "connection failed"));
  return {
    accept: (stream, peer) => {
      peers.set(stream, peer);
      const client = broker.handle(stream);
      boundPackets(client, {
        ...bounds,
        maxBytes: rules.packetMaxBytes,
        onRefused: () => ends.note(client, { kind: "notAllowed" }),
      });
    },
    cutOff: () => {
      for (const client of live) {
        ends.note(client, { kind: "stopped" });
        client.conn.destroy();
      }
    },
    drain: async () => {
      ends.stop();
      // Afterwards all that was held up is judged, kept, and acknowledged in the turn in which it is.
      await judging.settled();
      await new Promise<void>((resolve) => state.afterSaved(() => resolve()));
      await Promise.all([...live].map(({ conn }) => endStream(conn)));
    },
    stop: () => {
      ends.stop();
      return new Promise((resolve) => broker.close(() => resolve()));
    },
  };
}

/**
 * The code of a refusing CONNACK (MQTT 3.1.1, 3.2.2.3): 3 where a device may come again, 5 for all that a device is not
 * let in for, as Azure's devices see it (Azure/azure-iot-sdk-csharp, ConnectReturnCode).
 */
function returnCodeOf({ status }: ServiceFault): 3 | 5 {
  return status === 429 || status >= 500 ? UNAVAILABLE : 5;
}

const UNAVAILABLE = 3;

/** The largest packet with a payload of `payloadBytes`: a topic has a length field of two bytes, and so has the packet id. */
export function packetBytes(payloadBytes: number): number {
  return 2 + 65_535 + 2 + payloadBytes;
}
