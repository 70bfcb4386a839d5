import { DeviceFailure } from "../base/failure.ts";
import { messageOf } from "../base/errors.ts";
import { deferred } from "../base/deferred.ts";
import { orAborted } from "../base/or-aborted.ts";
import { withTimeout } from "../base/retry.ts";
import { isJsonObject } from "../base/json.ts";
import type { Json, JsonObject, Message } from "../model/model.ts";
import type { Client, HubTransport, ReceivedMessage, Twin } from "./azure-sdk.ts";
import { createHubClient, NoRetry, TelemetryMessage } from "./azure-sdk.ts";
import type { ConnectionTrace } from "./connection-trace.ts";
import type { HubConnectionOptions, TokenOptions } from "./hub-connection-options.ts";
import { TracingProvider } from "./transport.ts";

/** Durations in ms of the connection's phases; `twin` = from CONNACK to the desired section at hand and methods subscribed. */
export type ConnectionPhases = Readonly<Record<"tls" | "connack" | "twin", number>>;

/** How long an orderly DISCONNECT may take before the socket is cut, ms. */
const CLOSE_LIMIT_MS = 2_000;

/**
 * One connection to a hub through Microsoft's device client, from CONNECT to its end; a lost one is never revived:
 * the caller opens a new one, because the SDK re-subscribes no twin topic after a reconnect.
 */
export class HubConnection {
  readonly #options: HubConnectionOptions;
  readonly #provider: TracingProvider;
  readonly #client: Client;
  readonly #transport: HubTransport;
  /** Rejects when the connection is lost: the SDK leaves what it was asked then without an answer. */
  readonly #broken = deferred<never>();
  /** Twin requests under way: their answers are lost with the connection that they came in on. */
  readonly #requests = new Set<Promise<unknown>>();
  #ended = false;

  private constructor(
    options: HubConnectionOptions,
    provider: TracingProvider,
    client: Client,
    transport: HubTransport,
  ) {
    this.#options = options;
    this.#provider = provider;
    this.#client = client;
    this.#transport = transport;
    // Nobody may be waiting when it is lost.
    this.#broken.promise.catch(() => undefined);
  }

  /**
   * Connects, subscribes and reads the twin, if it is to.
   *
   * @returns the connection, the desired section with `$version` if it was read, and the phases
   * @throws {DeviceFailure} classified from the wire; `signal.reason` when aborted
   */
  static async open(
    options: HubConnectionOptions,
    signal: AbortSignal,
  ): Promise<{
    readonly connection: HubConnection;
    readonly desired: JsonObject | undefined;
    readonly phases: ConnectionPhases;
  }> {
    const { token } = options;
    const provider = new TracingProvider(options.transport);
    const { client, transport } = await createHubClient({
      ...options,
      provider,
      token: token && { ...token, renewal: (reconnect) => connection.#renew(reconnect, token) },
    });
    const connection = new HubConnection(options, provider, client, transport);
    const abort = (): void => provider.destroy();
    signal.addEventListener("abort", abort);
    try {
      signal.throwIfAborted();
      const desired = await orAborted(connection.#start(), signal);
      return { connection, desired, phases: connection.#phases() };
    } catch (error) {
      await connection.#discard();
      signal.throwIfAborted();
      throw connection.#failureOf(error);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async #start(): Promise<JsonObject | undefined> {
    const client = this.#client;
    // Reconnecting is ours: a new client each time (the SDK's own retry loses twin subscriptions and the failure's class).
    client.setRetryPolicy(new NoRetry());
    client.on("error", (error: Error) => this.#lose(error));
    client.on("disconnect", () => this.#lose(undefined));
    this.#transport.on("twinDesiredPropertiesUpdate", (patch: unknown) => {
      if (isJsonObject(patch)) this.#options.onDesired(patch);
    });
    await client.open();
    // Subscribed before the GET goes out: a patch between the two is not lost, it arrives by both ways.
    const [, , twin] = await this.#limited(
      Promise.all([
        new Promise<void>((resolve, reject) => {
          this.#transport.enableTwinDesiredPropertiesUpdates((error) =>
            error === undefined || error === null ? resolve() : reject(error),
          );
        }),
        new Promise<void>((resolve, reject) => {
          this.#transport.enableMethods((error) =>
            error === undefined || error === null ? resolve() : reject(error),
          );
        }),
        this.#options.readsTwin ? client.getTwin() : undefined,
        this.#hearMessages(),
      ]),
      "twin and method subscriptions",
    );
    for (const name of this.#options.methods) this.#serve(name);
    return twin && desiredOf(twin);
  }

  /** By the transport, which tells when the subscription stands; the SDK's client does not. */
  async #hearMessages(): Promise<void> {
    const { onCloudMessage } = this.#options;
    if (onCloudMessage === undefined) return;
    this.#transport.on("message", ({ messageId, data }: ReceivedMessage) => {
      // The SDK gives "" where there is none.
      const id = messageId === "" ? undefined : messageId;
      onCloudMessage({ messageId: id, bytes: Buffer.byteLength(data ?? "") });
    });
    await new Promise<void>((resolve, reject) => {
      this.#transport.enableC2D((error) =>
        error === undefined || error === null ? resolve() : reject(error),
      );
    });
  }

  #serve(name: string): void {
    this.#client.onDeviceMethod(name, (request, response) => {
      const payload: Json = request.payload ?? null;
      const { status, payload: answer } = this.#options.onMethod(name, payload);
      response.send(status, answer ?? null, () => {
        // A response that cannot be sent is the caller's timeout; a lost connection is told by itself.
      });
    });
  }

  /** Reads the twin again, after a gap in `$version`. */
  async readDesired(): Promise<JsonObject> {
    try {
      return desiredOf(await this.#limited(this.#client.getTwin(), "twin GET"));
    } catch (error) {
      throw this.#failureOf(error);
    }
  }

  /** Sends one message at QoS 1; resolves with the hub's PUBACK. */
  async send(message: Message, properties: Readonly<Record<string, string>>): Promise<void> {
    const sdkMessage = new TelemetryMessage(message.body);
    for (const [key, value] of Object.entries(properties)) sdkMessage.properties.add(key, value);
    // The SDK's types allow one content type and three encodings; the wire allows any.
    if (message.contentType !== undefined) {
      Object.assign(sdkMessage, { contentType: message.contentType });
    }
    if (message.contentEncoding !== undefined) {
      Object.assign(sdkMessage, { contentEncoding: message.contentEncoding });
    }
    try {
      await this.#client.sendEvent(sdkMessage);
    } catch (error) {
      throw this.#failureOf(error);
    }
  }

  /** Patches the reported section; resolves with the hub's answer. */
  async report(patch: JsonObject): Promise<void> {
    try {
      await this.#limited(
        new Promise<void>((resolve, reject) => {
          // By the transport: a connection that has not read the twin has no Twin to update.
          this.#transport.updateTwinReportedProperties(patch, (error) =>
            error === undefined || error === null ? resolve() : reject(error),
          );
        }),
        "reported patch",
      );
    } catch (error) {
      throw this.#failureOf(error);
    }
  }

  /** Cuts the connection at once, without a DISCONNECT: it is lost by `failure`. */
  cut(failure: DeviceFailure): void {
    this.#provider.destroy(failure);
  }

  /** Says DISCONNECT and closes; safe to call twice. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#discard();
  }

  async #limited<T>(work: Promise<T>, what: string): Promise<T> {
    const { requestTimeoutMs: timeoutMs, hub } = this.#options;
    const request = withTimeout({ what: `${hub}: ${what}`, timeoutMs }, () =>
      Promise.race([work, this.#broken.promise]),
    );
    this.#requests.add(request);
    try {
      return await request;
    } finally {
      this.#requests.delete(request);
    }
  }

  async #renew(
    reconnect: () => Promise<void>,
    { slots, attempt, onRenewed }: TokenOptions,
  ): Promise<void> {
    await slots(async () => {
      if (!this.#ended) await attempt();
      while (this.#requests.size > 0) await Promise.allSettled(this.#requests);
      if (!this.#ended) await reconnect();
    });
    if (this.#ended) return;
    // A hub that does not know the session any more has no subscription either.
    if (this.#provider.trace?.sessionPresent !== true) {
      throw new DeviceFailure("network", `${this.#options.hub} forgot the session of this device`);
    }
    onRenewed();
  }

  #lose(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const failure = this.#failureOf(error);
    this.#broken.reject(failure);
    this.#options.onLost(failure);
    void this.#discard();
  }

  async #discard(): Promise<void> {
    this.#ended = true;
    this.#client.removeAllListeners();
    // Late errors of a client that nobody listens to any more would be uncaught exceptions.
    this.#client.on("error", () => undefined);
    try {
      await withTimeout({ what: "close", timeoutMs: CLOSE_LIMIT_MS }, () => this.#client.close());
    } catch {
      // Already gone, or the peer is silent: destroying the socket below is all that is left to do.
    } finally {
      this.#provider.destroy();
    }
  }

  #phases(): ConnectionPhases {
    const trace = this.#provider.trace;
    const { clock } = this.#options.transport;
    const started = trace?.startedMs ?? 0;
    const tls = trace?.tlsMs ?? started;
    const connack = trace?.connackMs ?? tls;
    return { tls: tls - started, connack: connack - tls, twin: clock() - connack };
  }

  #failureOf(error: unknown): DeviceFailure {
    if (error instanceof DeviceFailure) return error;
    const trace: ConnectionTrace | undefined = this.#provider.trace;
    if (trace?.failure !== undefined) return trace.failure;
    if (error instanceof Error && error.name === "TimeoutError") {
      // Ours names the request; the SDK's stands for a message without PUBACK for 30 s.
      const what = error.message === "" ? "no acknowledgment in time" : error.message;
      return new DeviceFailure("timeout", what, { cause: error });
    }
    if (trace?.closed !== false || (error instanceof Error && error.name === "NotConnectedError")) {
      return new DeviceFailure("network", `${this.#options.hub} closed the connection`, {
        cause: error,
      });
    }
    return new DeviceFailure("protocol", `${this.#options.hub}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function desiredOf(twin: Twin): JsonObject {
  const desired: unknown = twin.properties.desired;
  return isJsonObject(desired) ? desired : {};
}
