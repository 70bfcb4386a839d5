import { Readable } from "node:stream";
import { z } from "zod";
import type { Codec, State, Table } from "./state/state.ts";
import { MEMORY_STATE } from "./state/state.ts";

interface StoredSubscription {
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
}

/** The subscriptions of a session, in their order. */
const sessionCodec: Codec<readonly StoredSubscription[]> = z.array(
  z.strictObject({ topic: z.string(), qos: z.literal([0, 1, 2]) }),
);

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
  readonly #byClient: Table<readonly StoredSubscription[]>;
  readonly #granted = new WeakSet<StoredSubscription>();
  readonly #state: State;

  /** @param place where they are kept, such as `hubs/my-hub.azure-devices.net` */
  constructor(state: State = MEMORY_STATE, place = "") {
    this.#state = state;
    this.#byClient = state.table(`${place}/sessions`, sessionCodec);
  }

  async setup(): Promise<void> {}

  /** Called once for each connection that does not begin clean: there its session begins, or is taken up again. */
  async subscriptionsByClient(client: ClientId): Promise<StoredSubscription[]> {
    const kept = this.#byClient.get(client.id);
    if (kept === undefined) this.#byClient.set(client.id, []);
    await this.#state.saved();
    return kept === undefined ? [] : [KEPT_SESSION, ...kept];
  }

  /** Marks a subscription as one to keep. */
  granted(subscription: StoredSubscription): void {
    this.#granted.add(subscription);
  }

  /** aedes calls this for each subscription that was granted, with all of its SUBSCRIBE, refused ones too. */
  async addSubscriptions(client: ClientId, added: readonly StoredSubscription[]): Promise<void> {
    const stored = new Map(this.#byClient.get(client.id)?.map((one) => [one.topic, one]));
    for (const one of added)
      if (this.#granted.has(one)) stored.set(one.topic, { topic: one.topic, qos: one.qos });
    this.#byClient.set(client.id, [...stored.values()]);
    await this.#state.saved();
  }

  async removeSubscriptions(client: ClientId, topics: readonly string[]): Promise<void> {
    const stored = this.#byClient.get(client.id);
    const left = stored?.filter(({ topic }) => !topics.includes(topic));
    if (left !== undefined) this.#byClient.set(client.id, left);
    await this.#state.saved();
  }

  async cleanSubscriptions(client: ClientId): Promise<void> {
    this.#byClient.delete(client.id);
    await this.#state.saved();
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
