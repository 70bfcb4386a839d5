import { Readable } from "node:stream";

interface StoredSubscription {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
}

interface ClientId {
  readonly id: string;
}

/** A PUBACK. */
interface Acknowledgment {
  readonly messageId?: number;
}

/**
 * What aedes must remember between two connections of a client: its subscriptions, and nothing else.
 * Nothing is retained or queued by the broker: IoT Hub has no retained messages, twin and method traffic is never
 * queued, and cloud-to-device messages wait in the hub. The member names are those that aedes 1.2 calls.
 */
export class Sessions {
  readonly #byClient = new Map<string, Map<string, StoredSubscription>>();

  async setup(): Promise<void> {}

  async subscriptionsByClient(client: ClientId): Promise<StoredSubscription[]> {
    return [...(this.#byClient.get(client.id)?.values() ?? [])];
  }

  async addSubscriptions(client: ClientId, added: readonly StoredSubscription[]): Promise<void> {
    const stored = this.#byClient.get(client.id) ?? new Map<string, StoredSubscription>();
    this.#byClient.set(client.id, stored);
    for (const { topic, qos } of added) stored.set(topic, { topic, qos });
  }

  async removeSubscriptions(client: ClientId, topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#byClient.get(client.id)?.delete(topic);
  }

  async cleanSubscriptions(client: ClientId): Promise<void> {
    this.#byClient.delete(client.id);
  }

  /** Forgets a client, as when its identity is deleted. */
  forget(clientId: string): void {
    this.#byClient.delete(clientId);
  }

  async subscriptionsByTopic(): Promise<never[]> {
    return [];
  }

  async outgoingEnqueue(): Promise<void> {}
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingUpdate(): Promise<void> {}

  /** aedes hands on what this gives as the packet that was acknowledged; who sent it knows it by its id. */
  async outgoingClearMessageId(_client: ClientId, puback: Acknowledgment): Promise<Acknowledgment> {
    return puback;
  }

  async cleanIncoming(): Promise<void> {}
  async storeRetained(): Promise<void> {}
  async putWill(): Promise<void> {}
  async delWill(): Promise<void> {}
  async destroy(): Promise<void> {}

  outgoingStream(): Readable {
    return Readable.from([]);
  }

  createRetainedStreamCombi(): Readable {
    return Readable.from([]);
  }

  streamWill(): Readable {
    return Readable.from([]);
  }
}

/** A message bus that carries nothing: no message is ever routed from one client to another. */
export const silentBus = {
  on: (_topic: string, _listener: unknown, done?: () => void): void => done?.(),
  removeListener: (_topic: string, _listener: unknown, done?: () => void): void => done?.(),
  emit: (_packet: unknown, done?: () => void): void => done?.(),
  close: (done?: () => void): void => done?.(),
};
