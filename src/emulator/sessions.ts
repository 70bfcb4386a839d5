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
 * Stands before the subscriptions of a session that was kept, and is none: aedes 1.2 tells "session present" only where
 * it is given a subscription, but a session may have none (MQTT 3.1.1, 3.1.2.4). Known by its identity alone.
 */
export const KEPT_SESSION: StoredSubscription = { topic: "session", qos: 0 };

/**
 * What aedes must remember between two connections of a client: its subscriptions, and nothing else.
 * Nothing is retained or queued by the broker: IoT Hub has no retained messages, twin and method traffic is never
 * queued, and cloud-to-device messages wait in the hub. The member names are those that aedes 1.2 calls.
 */
export class Sessions {
  readonly #byClient = new Map<string, Map<string, StoredSubscription>>();
  readonly #granted = new WeakSet<StoredSubscription>();

  async setup(): Promise<void> {}

  /** Called once for each connection that does not begin clean: there its session begins, or is taken up again. */
  async subscriptionsByClient(client: ClientId): Promise<StoredSubscription[]> {
    const kept = this.#byClient.get(client.id);
    if (kept !== undefined) return [KEPT_SESSION, ...kept.values()];
    this.#byClient.set(client.id, new Map());
    return [];
  }

  /** Marks a subscription as one to keep. */
  granted(subscription: StoredSubscription): void {
    this.#granted.add(subscription);
  }

  /** aedes calls this for each subscription that was granted, with all of its SUBSCRIBE, refused ones too. */
  async addSubscriptions(client: ClientId, added: readonly StoredSubscription[]): Promise<void> {
    const stored = this.#byClient.get(client.id) ?? new Map<string, StoredSubscription>();
    this.#byClient.set(client.id, stored);
    for (const one of added)
      if (this.#granted.has(one)) stored.set(one.topic, { topic: one.topic, qos: one.qos });
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
