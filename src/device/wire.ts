import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext, TLSSocket } from "node:tls";
import { connect as connectTls } from "node:tls";
import { DeviceFailure } from "../base/failure.ts";
import { mqttStreamOf, openMqttWebSocket } from "../base/mqtt-websocket.ts";
import { proxyName } from "../base/proxy.ts";
import { openTunnel } from "../base/proxy-tunnel.ts";
import type { DeviceWay, Route } from "../base/transport.ts";
import { deviceRoute } from "../base/transport.ts";
import type { ConnectionTrace } from "./connection-trace.ts";
import type { TlsSessions } from "./tls-sessions.ts";
import { socketFailure } from "./wire-failure.ts";

export interface WireOptions {
  readonly way: DeviceWay;
  /** Default: that of the transport. */
  readonly port: number | undefined;
  readonly secureContext: SecureContext;
  readonly sessions?: TlsSessions | undefined;
  /** ms, monotonic. */
  readonly clock: () => number;
  /** Each step that is done, and the first failure, are noted here. */
  readonly trace: ConnectionTrace;
}

/** One connection below MQTT: TLS, or a WebSocket in TLS, directly or through a proxy. */
export class Wire {
  readonly #options: WireOptions;
  readonly #stop = new AbortController();
  #route: Route | undefined;
  #socket: TLSSocket | undefined;
  /** What MQTT reads and writes; it may be written at once. */
  readonly stream: Duplex;

  constructor(options: WireOptions) {
    this.#options = options;
    const { trace, way } = options;
    this.stream =
      way.transport === "mqtt" ? this.#openTls(this.#findRoute()) : this.#openWebSocket();
    this.stream.once("close", () => {
      trace.closed = true;
      if (trace.connackMs !== undefined) return;
      const message = `${trace.host} closed the connection before CONNACK`;
      trace.failure ??= new DeviceFailure("network", message);
    });
  }

  /** Whose answer is awaited, for messages. */
  get awaited(): string {
    const { trace, way } = this.#options;
    if (trace.tcpMs === undefined) return this.#route?.proxy === undefined ? "TCP" : "proxy";
    if (trace.tlsMs === undefined) return "TLS";
    return way.transport === "mqtt-ws" && trace.webSocketMs === undefined ? "WebSocket" : "CONNACK";
  }

  /** Cuts the connection at once, without a word to the peer; safe to call twice. */
  destroy(): void {
    this.#stop.abort();
    this.#socket?.destroy();
  }

  #findRoute(): Route {
    const { way, trace, port } = this.#options;
    this.#route = deviceRoute(way, trace.host, port);
    return this.#route;
  }

  #openWebSocket(): Duplex {
    const { trace, clock } = this.#options;
    const { host } = trace;
    const webSocket = openMqttWebSocket(host, async () => {
      const route = this.#findRoute();
      const to = { host, port: route.port };
      const tunnel = route.proxy && (await openTunnel(route.proxy, to, this.#stop.signal));
      this.#stop.signal.throwIfAborted();
      return this.#openTls(route, tunnel);
    });
    webSocket.once("open", () => (trace.webSocketMs = clock()));
    // Before the stream's own: MQTT.js must find the failure noted.
    webSocket.on("error", (error) => {
      trace.failure ??= socketFailure(host, error, trace.tcpMs === undefined ? "tcp" : "mqtt");
    });
    return mqttStreamOf(webSocket);
  }

  /** @param tunnel the way through the proxy; undefined = dialled here */
  #openTls({ address, port, proxy }: Route, tunnel?: Socket): TLSSocket {
    const { trace, clock, secureContext, sessions } = this.#options;
    const by = proxy === undefined ? "" : ` by ${proxyName(proxy)}`;
    const sessionKey = `${trace.host} ${address}:${port}${by}`;
    const session = sessions?.offer(sessionKey);
    const socket = connectTls({
      ...(tunnel === undefined ? { host: address, port } : { socket: tunnel }),
      servername: trace.host,
      secureContext,
      ...(session === undefined ? {} : { session }),
    });
    (tunnel ?? socket).setNoDelay(true);
    this.#socket = socket;
    if (tunnel === undefined) socket.once("connect", () => (trace.tcpMs = clock()));
    else trace.tcpMs = clock();
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
    return socket;
  }
}
