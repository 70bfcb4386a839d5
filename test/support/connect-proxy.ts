import { createServer } from "node:http";
import { createServer as createServerOverTls } from "node:https";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { deferred } from "../../src/base/deferred.ts";

/** A small proxy that tunnels by CONNECT, as companies have them; gone with `await using`. */
export interface ConnectProxy extends AsyncDisposable {
  /** Without name and password: `http://127.0.0.1:PORT`, or `https://localhost:PORT`. */
  readonly url: string;
  readonly port: number;
  /** `HOST:PORT` of each tunnel that was asked for, refused ones included. */
  readonly asked: readonly string[];
  /** Resolves when it was first asked for a tunnel. */
  readonly reached: Promise<void>;
  /** Ends every tunnel at once. */
  readonly cut: () => void;
  /** Takes no more connections, and ends all that there are. */
  readonly close: () => Promise<void>;
}

/**
 * @param options.to where every tunnel leads, whatever host it was asked for: this proxy's DNS
 * @param options.login `NAME:PASSWORD` that it wants, else it answers 407
 * @param options.refuse the status that it answers instead
 * @param options.tls the certificate of a proxy that is spoken to over TLS
 * @param options.silent it takes connections and never answers
 */
export async function connectProxy(options: {
  readonly to: { readonly host: string; readonly port: number };
  readonly login?: string;
  readonly refuse?: string;
  readonly tls?: { readonly chainPem: string; readonly privateKeyPem: string };
  readonly silent?: boolean;
}): Promise<ConnectProxy> {
  const { to, login, refuse, tls, silent = false } = options;
  const asked: string[] = [];
  const reached = deferred<void>();
  const open = new Set<Socket>();
  const expected = login && `Basic ${Buffer.from(login).toString("base64")}`;
  const server =
    tls === undefined
      ? createServer()
      : createServerOverTls({ cert: tls.chainPem, key: tls.privateKeyPem });
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    asked.push(request.url ?? "");
    reached.resolve();
    client.on("error", () => client.destroy());
    if (silent) return;
    const given = request.headers["proxy-authorization"];
    const refusal =
      refuse ?? (given === expected ? undefined : "407 Proxy Authentication Required");
    if (refusal !== undefined) {
      client.end(`HTTP/1.1 ${refusal}\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n`);
      return;
    }
    const upstream = connect(to.port, to.host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(upstream).pipe(client);
    });
    upstream.on("error", () => client.destroy());
    upstream.once("close", () => client.destroy());
    client.once("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    cut();
    await closed;
  };
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    port,
    asked,
    reached: reached.promise,
    cut,
    close,
    [Symbol.asyncDispose]: close,
  };
}
