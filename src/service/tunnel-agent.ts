import type { RequestOptions } from "node:http";
import type { AgentOptions } from "node:https";
import { Agent } from "node:https";
import type { Duplex } from "node:stream";
import type { ConnectionTaker } from "../base/connect-later.ts";
import { connectLater } from "../base/connect-later.ts";
import { HTTPS_PORT } from "../base/dial.ts";
import type { Proxy } from "../base/proxy.ts";
import { openTunnel } from "../base/proxy-tunnel.ts";

/** An agent whose connections go through a proxy; TLS is between this process and the service. */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy;
  readonly #tunnelTimeoutMs: number;
  readonly #stop = new AbortController();

  /** @param options `tunnelTimeoutMs`: limit for the proxy's answer, ms */
  constructor(proxy: Proxy, options: AgentOptions & { readonly tunnelTimeoutMs: number }) {
    const { tunnelTimeoutMs, ...agentOptions } = options;
    super(agentOptions);
    this.#proxy = proxy;
    this.#tunnelTimeoutMs = tunnelTimeoutMs;
  }

  /** Gives the connection later, once the proxy has opened the way. */
  override createConnection(options: RequestOptions, take?: ConnectionTaker): undefined {
    if (take !== undefined) void connectLater(() => this.#open(options), take);
  }

  async #open(options: RequestOptions): Promise<Duplex> {
    const to = { host: options.host ?? "", port: Number(options.port ?? HTTPS_PORT) };
    const limit = AbortSignal.timeout(this.#tunnelTimeoutMs);
    const signal = AbortSignal.any([this.#stop.signal, limit]);
    const socket = await openTunnel(this.#proxy, to, signal);
    // The agent's own: TLS over `socket`, with its memory of sessions.
    const overTls = { ...options, socket };
    const connection = super.createConnection(overTls);
    if (connection) return connection;
    throw new TypeError("https.Agent gives no connection any more: see Node's change log");
  }

  /** Ends what waits for the proxy too; safe to call twice. */
  override destroy(): void {
    this.#stop.abort(new Error("the connections were closed"));
    super.destroy();
  }
}
