import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:http";
import { request as requestOverTls } from "node:https";
import type { Socket } from "node:net";
import { isIP } from "node:net";
import { errorCode } from "./error-code.ts";
import { FleetError, messageOf } from "./errors.ts";
import type { Proxy } from "./proxy.ts";
import { bracketed, proxyName } from "./proxy.ts";

/** A proxy that did not let a connection through; `status` is its answer, undefined where it gave none. */
export class ProxyFailure extends FleetError {
  readonly status: number | undefined;
  /** `PROXY_407` for an answer, else Node's code. */
  readonly wireCode: string | undefined;

  constructor(
    message: string,
    options: {
      readonly hint: string;
      readonly status?: number;
      readonly wireCode?: string | undefined;
      readonly cause?: unknown;
    },
  ) {
    super("UNREACHABLE", message, { hint: options.hint, cause: options.cause });
    this.status = options.status;
    this.wireCode = options.wireCode;
  }
}

const UNREACHABLE_HINT =
  "check HTTPS_PROXY and the network; NO_PROXY exempts hosts that are reached without a proxy";

/** What to change for each answer of a proxy. Source: RFC 9110, 9.3.6 and 15. */
const STATUS_HINTS: Readonly<Record<number, string>> = {
  403: "let it pass *.azure-devices.net:443 and *.azure-devices-provisioning.net:443, or exempt them by NO_PROXY",
  405: "is that a proxy? it does not know CONNECT",
  407: "it wants a name and a password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT",
};
const OTHER_STATUS_HINT = "the proxy cannot reach the host: ask who runs it, or try NO_PROXY";

/**
 * Opens a connection to a host through a proxy, by CONNECT; the host's name is resolved by the proxy.
 * Source: RFC 9110, 9.3.6.
 *
 * @param signal its reason is thrown when it aborts; it has no more power once the tunnel is open
 * @throws {ProxyFailure} where the proxy cannot be reached or refuses; no message shows its name and password
 */
export async function openTunnel(
  proxy: Proxy,
  to: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const asking = connectRequest(proxy, `${bracketed(to.host)}:${to.port}`);
  const abort = (): void => void asking.destroy();
  signal.addEventListener("abort", abort, { once: true });
  try {
    const [answer, socket, head] = await answerOf(asking);
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) {
      socket.destroy();
      throw refusal(proxy, to.host, status, answer.statusMessage ?? "");
    }
    if (head.length > 0) socket.unshift(head);
    return socket;
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ProxyFailure ? error : unreachable(proxy, error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function connectRequest(proxy: Proxy, target: string): ClientRequest {
  const { authorization, secureContext } = proxy;
  const options = {
    method: "CONNECT",
    host: proxy.host,
    port: proxy.port,
    path: target,
    agent: false,
    headers: {
      host: target,
      ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
    },
  };
  if (secureContext === undefined) return request(options);
  // Node hands all options to `tls.connect`; its types do not know that of this one.
  // The name is the proxy's: Node would take that of the Host header. An address has none. Source: RFC 6066, 3.
  const servername = isIP(proxy.host) === 0 ? proxy.host : "";
  const overTls = { ...options, secureContext, servername };
  return requestOverTls(overTls);
}

function answerOf(asking: ClientRequest): Promise<[IncomingMessage, Socket, Buffer]> {
  return new Promise((resolve, reject) => {
    asking.once("connect", (...answer) => resolve(answer));
    // It stays: what an aborted request says afterwards must not end the process.
    asking.on("error", reject);
    asking.end();
  });
}

function refusal(proxy: Proxy, host: string, status: number, words: string): ProxyFailure {
  const answer = `${status} ${words}`.trim();
  return new ProxyFailure(`the proxy ${proxyName(proxy)} refused the way to ${host}: ${answer}`, {
    status,
    wireCode: `PROXY_${status}`,
    hint: STATUS_HINTS[status] ?? OTHER_STATUS_HINT,
  });
}

function unreachable(proxy: Proxy, error: unknown): ProxyFailure {
  return new ProxyFailure(`the proxy ${proxyName(proxy)}: ${messageOf(error)}`, {
    wireCode: errorCode(error),
    hint: UNREACHABLE_HINT,
    cause: error,
  });
}
