import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { MqttClient } from "mqtt";
import { DeviceFailure } from "../base/failure.ts";
import type { DeviceWay } from "../base/transport.ts";
import type { MqttConnectOptions, MqttProvider } from "./azure-sdk.ts";
import type { ConnectionTrace } from "./connection-trace.ts";
import { payloadFault } from "./payload-fault.ts";
import type { TlsSessions } from "./tls-sessions.ts";
import { Wire } from "./wire.ts";
import { connackFailure } from "./wire-failure.ts";

export interface TransportOptions {
  readonly secureContext: SecureContext;
  readonly way: DeviceWay;
  /** Limit for everything up to CONNACK together, ms. */
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

/** Notes what an answer of DPS says in its topic, where it is one. */
function noteDpsAnswer(trace: ConnectionTrace, topic: string): void {
  const status = DPS_ANSWER.exec(topic)?.[1];
  if (status === undefined) return;
  trace.dpsStatus = Number(status);
  const askedS = Number(new URLSearchParams(topic.split("?")[1]).get("retry-after") ?? undefined);
  trace.dpsRetryAfterMs = askedS >= 0 ? askedS * 1_000 : undefined;
}

/**
 * The MQTT provider handed to the SDK: dials where the device's way says, keeps the host name for SNI and the
 * certificate check, shares one `SecureContext` per device, and traces each connection, so that failures are classified
 * from the wire. The SDK's transports for WebSocket differ from its others in nothing but the scheme, port and path of
 * the URI; here the way says those.
 */
export class TracingProvider implements MqttProvider {
  readonly #options: TransportOptions;
  #trace: ConnectionTrace | undefined;
  #wire: Wire | undefined;

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
    this.#wire?.destroy();
  }

  connect(uri: string, options: MqttConnectOptions): MqttClient {
    const { hostname, port } = new URL(uri);
    const { clock, connectTimeoutMs } = this.#options;
    const trace: ConnectionTrace = { host: hostname, startedMs: clock(), closed: false };
    this.#trace = trace;
    const { cert: _cert, key: _key, passphrase: _passphrase, ca: _ca, ...rest } = options;
    const client = new MqttClient(() => this.#dial(trace, port), {
      ...rest,
      protocol: "mqtts",
      // Ours ends first: it tells which step was missing.
      connectTimeout: 2 * connectTimeoutMs,
    });
    const limit = setTimeout(() => this.#expire(hostname), connectTimeoutMs);
    client.once("close", () => clearTimeout(limit));
    client.on("packetreceive", (packet) => {
      if (packet.cmd === "publish") {
        noteDpsAnswer(trace, packet.topic);
        const fault = payloadFault(packet.topic, packet.payload);
        if (fault !== undefined) {
          packet.topic = KEPT_FROM_THE_SDK;
          this.destroy(new DeviceFailure("protocol", `${hostname} ${fault}`));
        }
      }
      if (packet.cmd !== "connack") return;
      clearTimeout(limit);
      trace.connackMs = clock();
      trace.sessionPresent = packet.sessionPresent;
      const code = packet.returnCode ?? 0;
      if (code !== 0) trace.failure ??= connackFailure(hostname, code);
    });
    return client;
  }

  #expire(host: string): void {
    const limitMs = this.#options.connectTimeoutMs;
    const awaited = this.#wire?.awaited ?? "TCP";
    this.destroy(
      new DeviceFailure("timeout", `${host}: no ${awaited} answer within ${limitMs} ms`),
    );
  }

  /** @param port as in the URI: "" = that of the transport */
  #dial(trace: ConnectionTrace, port: string): Duplex {
    this.#wire = new Wire({
      ...this.#options,
      port: port === "" ? undefined : Number(port),
      trace,
    });
    return this.#wire.stream;
  }
}
