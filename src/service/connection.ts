import { Agent } from "node:https";
import type { SecureContext } from "node:tls";
import { createSecureContext } from "node:tls";
import type { Proxy } from "../base/proxy.ts";
import { TunnelAgent } from "./tunnel-agent.ts";

/** Where a service's HTTPS requests go; empty = to the name itself, checked against Node's own CAs. */
export interface ServiceRoute {
  /** Dialled instead of the service's name, which stays what SNI, Host header and certificate check use. */
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** Leads to the service; only where no `address` is given. It carries a secret. */
  readonly proxy?: Proxy | undefined;
  /** PEM text of the CAs to trust in place of Node's own. */
  readonly caPem?: string | undefined;
}

/** How long one service call may take, in ms; the SDK has no limit of its own. */
export const SERVICE_TIMEOUT_MS = 30_000;

/** Trusts the CAs in `caPem` and no others, as the devices do: a check must not pass where they fail. */
export function trusting(caPem: string): SecureContext {
  return createSecureContext({ ca: caPem });
}

/** An agent that dials `route`, through its proxy where it has one: its options win over those of a request in Node, and SNI, Host header and certificate check keep the service's name. */
export function serviceAgent(route: ServiceRoute): Agent {
  const options = {
    keepAlive: true,
    maxSockets: 16,
    ...(route.address === undefined ? {} : { host: route.address }),
    ...(route.port === undefined ? {} : { port: route.port }),
    ...(route.caPem === undefined ? {} : { secureContext: trusting(route.caPem) }),
  };
  const { proxy } = route;
  if (proxy === undefined) return new Agent(options);
  return new TunnelAgent(proxy, { ...options, tunnelTimeoutMs: SERVICE_TIMEOUT_MS });
}

/** The SDKs' clients keep their REST client private. */
function restClientOf(client: unknown): object {
  const rest: unknown =
    typeof client === "object" && client !== null && "_restApiClient" in client
      ? Reflect.get(client, "_restApiClient")
      : undefined;
  if (typeof rest !== "object" || rest === null) {
    throw new TypeError("the service SDK has no _restApiClient any more: see its change log");
  }
  return rest;
}

/**
 * A call that a service SDK's client has no method for, with its token and by its agent.
 *
 * @throws what the SDK makes of a refusal, as its own methods do
 */
export function executeApiCall(
  client: unknown,
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
): Promise<void> {
  const rest = restClientOf(client);
  const { method, path, headers, body } = request;
  const call: unknown = Reflect.get(rest, "executeApiCall");
  if (typeof call !== "function") throw new TypeError("_restApiClient.executeApiCall is gone");
  return new Promise((resolve, reject) => {
    const done = (error: unknown): void =>
      error === undefined || error === null ? resolve() : reject(error);
    Reflect.apply(call, rest, [method, path, { ...headers }, body, done]);
  });
}

/** Sends all further requests of a service SDK's client through `agent`. */
export function routeClient(client: unknown, agent: Agent): void {
  const rest = restClientOf(client);
  const setOptions: unknown = Reflect.get(rest, "setOptions");
  if (typeof setOptions !== "function") throw new TypeError("_restApiClient.setOptions is gone");
  Reflect.apply(setOptions, rest, [{ http: { agent } }]);
}
