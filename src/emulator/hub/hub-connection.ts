import type { Client } from "aedes";
import type { ConnectRequest } from "../broker.ts";
import type { Outgoing, Outlet } from "../send-to.ts";
import { sendTo } from "../send-to.ts";
import type { ClosingReason } from "./closing-reason.ts";
import type { IotHub } from "./hub.ts";
import type { Login } from "./login/login.ts";
import { DeviceTopics } from "./topics.ts";
import type { Traffic } from "./traffic.ts";

/** Node takes a longer time for none. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One live MQTT connection of a device at its hub. */
export class HubConnection {
  readonly deviceId: string;
  readonly client: Client;
  /** What the device said and showed when it connected. */
  readonly login: Login;
  /** IP address of the device; undefined where it was gone before it was looked at. */
  readonly remoteAddress: string | undefined;
  readonly topics: DeviceTopics;
  lastActivityMs: number;
  /** Why the hub closes it; undefined where it does not. */
  closing: ClosingReason | undefined;
  readonly #traffic: Traffic;
  /** The QoS that was granted for each filter. */
  readonly #filters = new Map<string, 0 | 1>();
  readonly #outlet: Outlet;
  #expiry: NodeJS.Timeout | undefined;

  constructor(
    login: Login,
    { client, socket, outlet }: Pick<ConnectRequest, "client" | "socket" | "outlet">,
    { around: { stamp }, traffic }: Pick<IotHub, "around" | "traffic">,
  ) {
    this.deviceId = login.deviceId;
    this.login = login;
    this.client = client;
    this.remoteAddress = socket.remoteAddress;
    this.#traffic = traffic;
    this.#outlet = outlet;
    this.topics = new DeviceTopics(login.deviceId);
    this.lastActivityMs = stamp();
  }

  listensTo(filter: string): boolean {
    return this.#filters.has(filter);
  }

  /** undefined where the filter is not subscribed. */
  qosOf(filter: string): 0 | 1 | undefined {
    return this.#filters.get(filter);
  }

  subscribed(filter: string, qos: 0 | 1): void {
    this.#filters.set(filter, qos);
  }

  unsubscribed(filter: string): void {
    this.#filters.delete(filter);
  }

  /** Sends to this connection alone; at QoS 0 unless told otherwise, as IoT Hub answers twin and method requests. */
  send(
    topic: string,
    payload: string | Buffer,
    more: Partial<Omit<Outgoing, "topic" | "payload">> = {},
  ): void {
    this.#traffic.bytes += Buffer.byteLength(payload);
    sendTo(this.client, { topic, payload, qos: 0, ...more }, this.#outlet);
  }

  /**
   * Closes the connection when the proof that opened it is over: over MQTT a token is renewed by a new connection.
   * Source: Microsoft Learn, "Communicate with an IoT hub using MQTT", using SAS tokens.
   *
   * @param options `clock`: now, in ms since 1970; `onExpired`: called once, just before
   */
  closeAtExpiry(options: { readonly clock: () => number; readonly onExpired: () => void }): void {
    const { expiresMs } = this.login;
    if (expiresMs === undefined) return;
    const leftMs = expiresMs - options.clock();
    if (leftMs < 0) {
      options.onExpired();
      this.close();
      return;
    }
    const wait = Math.min(leftMs + 1, MAX_TIMER_MS);
    this.#expiry = setTimeout(() => this.closeAtExpiry(options), wait).unref();
  }

  forgetExpiry(): void {
    clearTimeout(this.#expiry);
  }

  /** Closes without an MQTT packet: 3.1.1 has no DISCONNECT from the server. */
  close(): void {
    this.client.close();
  }
}
