import type { LoginMethod } from "../hub/login-method.ts";

/** One device-to-cloud message as the hub took it, before its PUBACK. Properties are parsed when they are read. */
export interface IngestedMessage {
  readonly hub: string;
  readonly deviceId: string;
  readonly generationId: string;
  readonly modelId: string;
  readonly loginMethod: LoginMethod;
  readonly enqueuedMs: number;
  /** The property bag as it stood in the topic. */
  readonly bag: string;
  /** What the hub itself adds to the application properties. */
  readonly added: Readonly<Record<string, string>> | undefined;
  readonly body: Buffer;
}

export interface StoredEvent extends IngestedMessage {
  readonly sequence: number;
}

/** What a stored message costs beside its body and bag, roughly, in bytes. */
const OVERHEAD_BYTES = 200;

/**
 * The ingested messages in order of ingestion, numbered from 1 without gaps; the oldest are dropped when either
 * bound is passed.
 */
export class EventLog {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  /** A queue: members before `#head` are gone. */
  #events: (StoredEvent | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  #nextSequence = 1;
  #waiting = new Set<() => void>();

  constructor(bounds: { readonly maxCount: number; readonly maxBytes: number }) {
    this.#maxCount = bounds.maxCount;
    this.#maxBytes = bounds.maxBytes;
  }

  /** The number that the next message will get. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** The number of the oldest message that is kept; `nextSequence` where none is. */
  get firstSequence(): number {
    return this.#nextSequence - (this.#events.length - this.#head);
  }

  append(message: IngestedMessage): void {
    const event: StoredEvent = { ...message, sequence: this.#nextSequence++ };
    this.#events.push(event);
    this.#bytes += bytesOf(event);
    while (this.#events.length - this.#head > this.#maxCount || this.#bytes > this.#maxBytes)
      this.#dropOldest();
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** The messages from `sequence` on, at most `limit`, beginning with the oldest that is kept. */
  read(sequence: number, limit: number): readonly StoredEvent[] {
    const from = this.#head + Math.max(0, sequence - this.firstSequence);
    return this.#events.slice(from, from + limit).filter((event) => event !== undefined);
  }

  /** The number of the first kept message that was enqueued at or after `atMs`. */
  sequenceAt(atMs: number): number {
    for (let index = this.#head; index < this.#events.length; index++) {
      const event = this.#events[index];
      if (event !== undefined && event.enqueuedMs >= atMs) return event.sequence;
    }
    return this.#nextSequence;
  }

  /** Resolves when there is a message with `sequence` or the signal is aborted. */
  async waitFor(sequence: number, signal: AbortSignal): Promise<void> {
    while (sequence >= this.#nextSequence && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener("abort", wake);
          this.#waiting.delete(wake);
          // Lets a burst of messages arrive before the reader is woken, so that it writes one chunk.
          setImmediate(resolve);
        };
        this.#waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      });
    }
  }

  #dropOldest(): void {
    const oldest = this.#events[this.#head];
    this.#events[this.#head] = undefined;
    this.#head++;
    if (oldest !== undefined) this.#bytes -= bytesOf(oldest);
    if (this.#head > 1024 && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
  }
}

function bytesOf(event: IngestedMessage): number {
  return event.body.length + event.bag.length + OVERHEAD_BYTES;
}
