import type { Client } from "aedes";
import { sendTo } from "../broker.ts";
import { DeviceTopics } from "./topics.ts";

/** One live MQTT connection of a device at its hub. */
export class HubConnection {
  readonly deviceId: string;
  readonly client: Client;
  readonly topics: DeviceTopics;
  lastActivityMs: number;
  readonly #filters = new Set<string>();

  constructor(deviceId: string, client: Client, nowMs: number) {
    this.deviceId = deviceId;
    this.client = client;
    this.topics = new DeviceTopics(deviceId);
    this.lastActivityMs = nowMs;
  }

  listensTo(filter: string): boolean {
    return this.#filters.has(filter);
  }

  subscribed(filter: string): void {
    this.#filters.add(filter);
  }

  unsubscribed(filter: string): void {
    this.#filters.delete(filter);
  }

  /** Sends to this connection alone; at QoS 0, as IoT Hub answers twin and method requests. */
  send(topic: string, payload: string): void {
    sendTo(this.client, { topic, payload, qos: 0 });
  }

  /** Closes without an MQTT packet: 3.1.1 has no DISCONNECT from the server. */
  close(): void {
    this.client.close();
  }
}
