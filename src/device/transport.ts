import type { SecureContext, TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import { MqttClient } from "mqtt";
import { DeviceFailure } from "../base/failure.ts";
import type { MqttConnectOptions, MqttProvider } from "./azure-sdk.ts";
import type { DialRule } from "../base/dial.ts";
import { MQTT_PORT, dialTarget } from "../base/dial.ts";
import { payloadFault } from "./payload-fault.ts";
import type { TlsSessions } from "./tls-sessions.ts";
import { connackFailure, socketFailure } from "./wire-failure.ts";

/** MQTT over TLS. Source: Microsoft Learn, "Communicate with an IoT hub using MQTT", port table. */

export interface TransportOptions {
  readonly secureContext: SecureContext;
  readonly connectTo: readonly DialRule[];
  /** Limit for TCP, TLS and CONNACK together, ms. */
  readonly connectTimeoutMs: number;
  /** Sessions for resumption; undefined = always a full handshake, as DPS needs it to see the chain. */
  readonly sessions?: TlsSessions | undefined;
  /** ms, monotonic. */
  readonly clock: () => number;
}

/** Source: Microsoft Learn, "Communicate with DPS using MQTT": `$dps/registrations/res/{status}/?$rid=…`. */
const DPS_ANSWER = /^\$dps\/registrations\/res\/(\d{3})\//;

/** A topic that the SDK passes over. */
const KEPT_FROM_THE_SDK = "malformed";

function dpsStatusOf(topic: string): number | undefined {
  const status = DPS_ANSWER.exec(topic)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** What one connection did on the wire; times in ms of the given clock. */
export interface ConnectionTrace {
  readonly host: string;
  readonly startedMs: number;
  tcpMs?: number;
  tlsMs?: number;
  connackMs?: number;
  /** Whether the hub has kept what an earlier connection subscribed to. */
  sessionPresent?: boolean;
  /** Status of the newest DPS answer; the SDK hides the 429 of a poll. */
  dpsStatus?: number | undefined;
  /** The first thing that went wrong; the SDK's own error loses it. */
  failure?: DeviceFailure;
  closed: boolean;
}

/**
 * The MQTT provider handed to the SDK: dials where `connectTo` says, keeps the host name for SNI and the certificate
 * check, shares one `SecureContext` per device, and traces each connection, so that failures are classified from the wire.
 */
export class TracingProvider implements MqttProvider {
  readonly #options: TransportOptions;
  #trace: ConnectionTrace | undefined;
  #socket: TLSSocket | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** The newest connection, if there was one. */
  get trace(): ConnectionTrace | undefined {
    return this.#trace;
  }

  /** Cuts the newest connection at once, without a word to the peer. */
  destroy(failure?: DeviceFailure): void {
    if (failure !== undefined && this.#trace !== undefined) this.#trace.failure ??= failure;
    this.#socket?.destroy();
  }

  connect(uri: string, options: MqttConnectOptions): MqttClient {
    const { hostname, port } = new URL(uri);
    const target = dialTarget(
      this.#options.connectTo,
      hostname,
      port === "" ? MQTT_PORT : Number(port),
    );
    const trace: ConnectionTrace = {
      host: hostname,
      startedMs: this.#options.clock(),
      closed: false,
    };
    this.#trace = trace;
    const { cert: _cert, key: _key, passphrase: _passphrase, ca: _ca, ...rest } = options;
    const client = new MqttClient(() => this.#dial(trace, target), {
      ...rest,
      protocol: "mqtts",
      // Ours ends first: it tells which step was missing.
      connectTimeout: 2 * this.#options.connectTimeoutMs,
    });
    const limit = setTimeout(() => this.#expire(trace), this.#options.connectTimeoutMs);
    client.once("close", () => clearTimeout(limit));
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "publish") {
        trace.dpsStatus = dpsStatusOf(packet.topic) ?? trace.dpsStatus;
        const fault = payloadFault(packet.topic, packet.payload);
        if (fault !== undefined) {
          packet.topic = KEPT_FROM_THE_SDK;
          this.destroy(new DeviceFailure("protocol", `${hostname} ${fault}`));
        }
      }
      if (packet.cmd !== "connack") return;
      clearTimeout(limit);
      trace.connackMs = this.#options.clock();
      trace.sessionPresent = packet.sessionPresent;
      const code = packet.returnCode ?? 0;
      if (code !== 0) trace.failure ??= connackFailure(hostname, code);
    });
    return client;
  }

  #expire(trace: ConnectionTrace): void {
    const phase = trace.tcpMs === undefined ? "TCP" : trace.tlsMs === undefined ? "TLS" : "CONNACK";
    const limitMs = this.#options.connectTimeoutMs;
    this.#socket?.destroy(
      new DeviceFailure("timeout", `${trace.host}: no ${phase} answer within ${limitMs} ms`),
    );
  }

  #dial(
    trace: ConnectionTrace,
    target: { readonly address: string; readonly port: number },
  ): TLSSocket {
    const { clock, secureContext, sessions } = this.#options;
    const sessionKey = `${trace.host} ${target.address}:${target.port}`;
    const session = sessions?.offer(sessionKey);
    const socket = connectTls({
      host: target.address,
      port: target.port,
      servername: trace.host,
      secureContext,
      ...(session === undefined ? {} : { session }),
    });
    socket.setNoDelay(true);
    this.#socket = socket;
    socket.once("connect", () => (trace.tcpMs = clock()));
    socket.once("secureConnect", () => (trace.tlsMs = clock()));
    if (sessions !== undefined) {
      // TLS 1.3 sends two tickets; one is enough, and each look at the certificate costs.
      socket.once("session", (fresh) => {
        const validTo = socket.getPeerX509Certificate()?.validTo;
        if (validTo !== undefined) sessions.keep(sessionKey, fresh, Date.parse(validTo));
      });
    }
    socket.on("error", (error) => {
      const phase = trace.tcpMs === undefined ? "tcp" : trace.tlsMs === undefined ? "tls" : "mqtt";
      trace.failure ??= socketFailure(trace.host, error, phase);
      sessions?.drop(sessionKey);
    });
    socket.once("close", () => {
      trace.closed = true;
      if (trace.connackMs === undefined) {
        trace.failure ??= new DeviceFailure(
          "network",
          `${trace.host} closed the connection before CONNACK`,
        );
      }
    });
    return socket;
  }
}
