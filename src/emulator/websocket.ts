import type { IncomingMessage, Server } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { WebSocket } from "ws";
import { WebSocketServer, createWebSocketStream } from "ws";
import { WEBSOCKET_PATH, WEBSOCKET_SUBPROTOCOL } from "../base/transport.ts";
import type { HandOverOptions } from "./hand-over.ts";
import { handOver } from "./hand-over.ts";

export interface WebSocketOptions extends HandOverOptions {
  /** A larger WebSocket message closes its connection; one may carry many MQTT packets, or a part of one. */
  readonly messageMaxBytes: number;
}

/** Takes the WebSocket upgrades of a server over TLS, and hands their streams over as the MQTT port does. */
export function serveWebSockets(server: Server, options: WebSocketOptions): void {
  const upgrades = new WebSocketServer({
    noServer: true,
    // The server's sockets are closed with the server; a list of our own would only be a second one.
    clientTracking: false,
    maxPayload: options.messageMaxBytes,
    handleProtocols: () => WEBSOCKET_SUBPROTOCOL,
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has taken its own listener away: a reset of the peer must not end the process.
    socket.on("error", () => socket.destroy());
    const refusal = judge(request);
    if (refusal !== undefined || !(socket instanceof TLSSocket)) {
      options.log.debug({ status: refusal }, "websocket refused");
      refuse(socket, refusal ?? 400);
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      handOver(streamOf(webSocket, options), socket, options);
    });
  });
}

/** The HTTP status of a refusal, if there is one; a query, such as the Java SDK's `?iothub-no-client-cert=true`, may follow the path. What RFC 6455 asks of a handshake is judged by `ws`. */
function judge(request: IncomingMessage): 400 | 404 | undefined {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  // Some clients write the dollar sign as %24.
  if (path.replace(/^\/%24/, "/$").toLowerCase() !== WEBSOCKET_PATH) return 404;
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",");
  return offered.some((name) => name.trim() === WEBSOCKET_SUBPROTOCOL) ? undefined : 400;
}

function refuse(socket: Duplex, status: 400 | 404): void {
  const line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`;
  socket.end(`${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function streamOf(webSocket: WebSocket, options: WebSocketOptions): Duplex {
  const stream = createWebSocketStream(webSocket);
  stream.on("error", (err) => options.log.debug({ err }, "websocket failed"));
  // A peer that has closed will read nothing more; what it sent before is read to its end first.
  stream.once("end", () => stream.destroy());
  // MQTT 3.1.1, section 6: anything but binary frames closes the connection, and is not looked at.
  webSocket.prependListener("message", (_data: unknown, isBinary: boolean) => {
    if (!isBinary) stream.destroy();
  });
  return stream;
}
