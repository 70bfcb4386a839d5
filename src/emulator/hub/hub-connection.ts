import type { Client } from "aedes";
import type { Outgoing } from "../send-to.ts";
import { sendTo } from "../send-to.ts";
import { DeviceTopics } from "./topics.ts";

/** One live MQTT connection of a device at its hub. */
export class HubConnection {
  readonly deviceId: string;
  readonly client: Client;
  readonly topics: DeviceTopics;
  lastActivityMs: number;
  /** The QoS that was granted for each filter. */
  readonly #filters = new Map<string, 0 | 1>();

  constructor(deviceId: string, client: Client, nowMs: number) {
    this.deviceId = deviceId;
    this.client = client;
    this.topics = new DeviceTopics(deviceId);
    this.lastActivityMs = nowMs;
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
    sendTo(this.client, { topic, payload, qos: 0, ...more });
  }

  /** Closes without an MQTT packet: 3.1.1 has no DISCONNECT from the server. */
  close(): void {
    this.client.close();
  }
}
