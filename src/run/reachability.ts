import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";

import { errorCode } from "../base/error-code.ts";
import { FleetError, messageOf } from "../base/errors.ts";
import { openMqttWebSocket, UpgradeRefused } from "../base/mqtt-websocket.ts";
import type { ProxyChooser } from "../base/proxy.ts";
import { proxyName } from "../base/proxy.ts";
import { openTunnel, ProxyFailure } from "../base/proxy-tunnel.ts";
import { TimeoutError, withTimeout } from "../base/retry.ts";
import type { Route } from "../base/transport.ts";
import { deviceRoute } from "../base/transport.ts";
import { trusting } from "../service/connection.ts";
import { networkHint } from "../base/network-hint.ts";
import type { Endpoints } from "../worker/protocol.ts";

/** Failures that a closed port has; behind most of them is a firewall. */
const CLOSED = new Set(["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);
const WEBSOCKET_HINT = "where port 8883 is closed, --transport mqtt-ws goes over 443";

/**
 * Opens the connection that devices will open up to MQTT, and closes it again: TLS with the server's certificate checked
 * against the name, and the WebSocket where they speak through one.
 */
async function tryOnce(
  host: string,
  route: Route,
  { caPem, transport }: Pick<Endpoints, "caPem" | "transport">,
  signal: AbortSignal,
): Promise<void> {
  const dial = async (): Promise<TLSSocket> => {
    const tunnel = route.proxy && (await openTunnel(route.proxy, { ...route, host }, signal));
    signal.throwIfAborted();
    const socket = connect({
      ...(tunnel === undefined ? { host: route.address, port: route.port } : { socket: tunnel }),
      servername: host,
      ...(caPem === undefined ? {} : { secureContext: trusting(caPem) }),
    });
    signal.addEventListener("abort", () => socket.destroy(), { once: true });
    return socket;
  };
  if (transport === "mqtt") {
    const socket = await dial();
    await once(socket, "secureConnect", { signal });
    socket.destroy();
    return;
  }
  const webSocket = openMqttWebSocket(host, dial);
  // What it says after it was given up is of no interest.
  webSocket.on("error", () => undefined);
  try {
    await once(webSocket, "open", { signal });
  } finally {
    webSocket.terminate();
  }
}

/**
 * Tries one connection to the provisioning host, so that a wrong name, port, proxy, CA or an expired certificate is one
 * clear error before a thousand devices meet it.
 *
 * @throws {FleetError} `UNREACHABLE`; `USAGE` where the environment names a proxy that cannot be used
 */
export async function checkReachable(
  endpoints: Endpoints,
  options: {
    readonly timeoutMs: number;
    readonly proxyFor: ProxyChooser;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const host = endpoints.provisioningHost;
  const route = deviceRoute({ ...endpoints, proxyFor: options.proxyFor }, host);
  const what = `reaching ${host} (${placeOf(host, route)})`;
  try {
    await withTimeout({ what, timeoutMs: options.timeoutMs, signal: options.signal }, (signal) =>
      tryOnce(host, route, endpoints, signal),
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    const text = messageOf(error);
    throw new FleetError(
      "UNREACHABLE",
      error instanceof TimeoutError ? text : `${what} failed: ${text}`,
      { cause: error, hint: hintFor(error, endpoints, route) },
    );
  }
}

function placeOf(host: string, { address, port, proxy }: Route): string {
  if (proxy !== undefined) return `port ${port} by the proxy ${proxyName(proxy)}`;
  return address === host ? `port ${port}` : `${address}:${port}`;
}

function hintFor(
  error: unknown,
  { transport, provisioningHost }: Endpoints,
  { address }: Route,
): string | undefined {
  if (error instanceof ProxyFailure) return error.hint;
  if (error instanceof UpgradeRefused) {
    return "what answers there knows no WebSocket of Azure's: is it a proxy that opens TLS?";
  }
  const code = error instanceof TimeoutError ? "ETIMEDOUT" : (errorCode(error) ?? "");
  const hint = networkHint(code);
  // Where a rule says what is dialled, no firewall of Azure's port is in the way.
  const isPortOfAzure = transport === "mqtt" && address === provisioningHost;
  if (!isPortOfAzure || !CLOSED.has(code)) return hint;
  return hint === undefined ? WEBSOCKET_HINT : `${hint}; ${WEBSOCKET_HINT}`;
}
