import type { DialRule } from "./dial.ts";
import { HTTPS_PORT, MQTT_PORT, ruleFor } from "./dial.ts";
import type { Proxy, ProxyChooser } from "./proxy.ts";

/** What devices speak: MQTT over TLS, or MQTT over WebSocket, which passes where only the ports of the web are open. */
export const TRANSPORTS = ["mqtt", "mqtt-ws"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/**
 * Where devices speak MQTT over WebSocket, at DPS and at hubs alike, and under which subprotocol.
 * Source: Microsoft Learn, "Communicate with an IoT hub using MQTT" and "Communicate with your DPS using the MQTT
 * protocol", port tables.
 */
export const WEBSOCKET_PATH = "/$iothub/websocket";
export const WEBSOCKET_SUBPROTOCOL = "mqtt";

/** How hosts are reached over HTTPS or WebSocket: dialled where told, else through a proxy where there is one. */
export interface HttpsWay {
  readonly connectTo: readonly DialRule[];
  readonly proxyFor: ProxyChooser;
}

/** How devices reach DPS and hubs. */
export interface DeviceWay extends HttpsWay {
  readonly transport: Transport;
}

/** Where a connection to a host goes. */
export interface Route {
  /** Dialled, or what `proxy` is asked to dial. */
  readonly address: string;
  readonly port: number;
  readonly proxy: Proxy | undefined;
}

/**
 * Where HTTPS or a WebSocket to a host goes. A rule that names an address says how that is reached, so it goes there
 * without a proxy.
 *
 * @throws {FleetError} `USAGE` where the environment names a proxy that cannot be used
 */
export function httpsRoute(way: HttpsWay, host: string, port: number = HTTPS_PORT): Route {
  const rule = ruleFor(way.connectTo, host, port);
  if (rule !== undefined) return { address: rule.address, port: rule.toPort, proxy: undefined };
  return { address: host, port, proxy: way.proxyFor(host, port) };
}

/**
 * Where a device's connection to a host goes. MQTT over TLS takes no proxy: `HTTPS_PROXY` is for HTTPS.
 *
 * @param port default: that of the transport
 * @throws {FleetError} `USAGE` where the environment names a proxy that cannot be used
 */
export function deviceRoute(way: DeviceWay, host: string, port?: number): Route {
  if (way.transport === "mqtt-ws") return httpsRoute(way, host, port);
  return httpsRoute({ ...way, proxyFor: () => undefined }, host, port ?? MQTT_PORT);
}
