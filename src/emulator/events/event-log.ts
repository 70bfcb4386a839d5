import { Arrivals } from "../arrivals.ts";
import type { LoginMethod } from "../hub/login/login-method.ts";
import { z } from "zod";
import type { Log, State, Table } from "../state/state.ts";
import { MEMORY_STATE } from "../state/state.ts";
import type { KeptEvent } from "./event-packing.ts";
import { eventPacking } from "./event-packing.ts";
import { NumberedQueue } from "./numbered-queue.ts";
import type { Partition } from "./partition.ts";

/** One device-to-cloud message as the hub took it, before its PUBACK. Properties are parsed when they are read. */
export interface IngestedMessage {
  readonly hub: string;
  readonly deviceId: string;
  readonly generationId: string;
  readonly modelId: string;
  /** How the connection was opened that the message came over. */
  readonly loginMethod: LoginMethod;
  readonly enqueuedMs: number;
  /** The property bag as it stood in the topic. */
  readonly bag: string;
  /** What the hub itself adds to the application properties. */
  readonly added: Readonly<Record<string, string>> | undefined;
  readonly body: Buffer;
}

export interface StoredEvent {
  readonly message: IngestedMessage;
  /** Of all hubs together, from 1, in the order of ingestion. */
  readonly sequence: number;
  /** Where readers of an endpoint find it, until the log drops it. */
  readonly partitions: readonly Partition[];
}

/** What a stored message costs beside its body and bag, roughly, in bytes. */
const OVERHEAD_BYTES = 250;

export interface EventLogOptions {
  readonly maxCount: number;
  readonly maxBytes: number;
  /** How long a message is kept, in ms. */
  readonly retentionMs: number;
  /** ms since 1970 */
  readonly clock: () => number;
  /** Where messages are kept; default in memory. */
  readonly state?: State;
}

/** The name of the whole log among the partitions. */
const LEDGER = "events";

/**
 * The messages that all hubs ingested, in order of ingestion, numbered from 1 without gaps, each also in the
 * partitions that it was routed to. The oldest are dropped when a bound is passed, everywhere at once.
 */
export class EventLog {
  readonly #options: EventLogOptions;
  readonly #events = new NumberedQueue<StoredEvent>(1);
  #bytes = 0;
  readonly #arrivals = new Arrivals();

  readonly #state: State;
  readonly #kept: Log<StoredEvent, KeptEvent>;
  /** The number of the oldest message in the log and in each partition that ever dropped one. */
  readonly #firsts: Table<number>;

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#state = options.state ?? MEMORY_STATE;
    this.#kept = this.#state.log(LEDGER, eventPacking);
    this.#firsts = this.#state.table("event-firsts", z.int());
  }

  /**
   * Puts back what was kept; before that nothing is appended.
   *
   * @param partitions all that there are; what was in others is in the ledger alone
   */
  restore(partitions: Iterable<Partition>): void {
    const byId = new Map([...partitions].map((partition) => [partition.id, partition]));
    const oldest = this.#firsts.get(LEDGER) ?? 1;
    this.#events.startAt(oldest);
    for (const [id, first] of this.#firsts) byId.get(id)?.startAt(first);
    for (const id of this.#firsts.keys())
      if (id !== LEDGER && !byId.has(id)) this.#firsts.delete(id);
    this.#kept.replay(({ message, partitions: ids }, sequence) => {
      // Dropped already, and not yet deleted when the emulator was killed.
      if (sequence < oldest) return;
      this.#store(
        message,
        ids.flatMap((id) => byId.get(id) ?? []),
      );
    });
    this.#kept.dropBefore(oldest);
  }

  /** Resolves when all that is there is kept; undefined where that is so. */
  saved(): Promise<void> | undefined {
    return this.#state.saved();
  }

  /** All of it, whatever its hub and endpoint. */
  get ledger(): NumberedQueue<StoredEvent> {
    return this.#events;
  }

  /** Numbers a message and puts it at the end of the log and of `partitions`, each at most once. */
  append(message: IngestedMessage, partitions: readonly Partition[]): void {
    const event = this.#store(message, partitions);
    this.#kept.append(event.sequence, event);
    this.#dropOldest(message.enqueuedMs);
    this.#arrivals.announce();
  }

  /** Drops what is too old by now; reading does not. */
  dropExpired(): void {
    this.#dropOldest(this.#options.clock());
  }

  /** Resolves when there is a message with `sequence` or the signal is aborted. */
  async waitFor(sequence: number, signal: AbortSignal): Promise<void> {
    while (sequence >= this.#events.next && !signal.aborted) await this.#arrivals.next(signal);
  }

  #store(message: IngestedMessage, partitions: readonly Partition[]): StoredEvent {
    const event: StoredEvent = { message, sequence: this.#events.next, partitions };
    this.#events.push(event);
    for (const partition of partitions) partition.push(event);
    this.#bytes += bytesOf(message);
    return event;
  }

  #dropOldest(nowMs: number): void {
    const { maxCount, maxBytes, retentionMs } = this.#options;
    for (;;) {
      const oldest = this.#events.at(this.#events.first);
      if (oldest === undefined) return;
      const count = this.#events.next - oldest.sequence;
      const isExpired = oldest.message.enqueuedMs <= nowMs - retentionMs;
      if (count <= maxCount && this.#bytes <= maxBytes && !isExpired) return;
      this.#events.shift();
      // Every queue has the messages in the same order, so it is the oldest there too.
      for (const partition of oldest.partitions) {
        partition.shift();
        this.#firsts.set(partition.id, partition.first);
      }
      this.#firsts.set(LEDGER, this.#events.first);
      this.#kept.dropBefore(this.#events.first);
      this.#bytes -= bytesOf(oldest.message);
    }
  }
}

function bytesOf({ body, bag }: IngestedMessage): number {
  return body.length + bag.length + OVERHEAD_BYTES;
}
