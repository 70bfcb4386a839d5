import type { ClassicLevel } from "classic-level";
import type { StoreOperation } from "./journal.ts";

export const AS_BYTES = { keyEncoding: "utf8", valueEncoding: "buffer" } as const;

/** How much a loss of power may take, in ms. To wait for the disk with every write would cost its latency each time. */
const SYNC_MS = 1000;

/**
 * Writes to a database, one write after the other, and sees to it that the disk has them a second later. LevelDB brings
 * all earlier writes to the disk with one that is synchronous, so the last operation is written once more.
 */
export class SyncedWriter {
  readonly #level: ClassicLevel<string, Buffer>;
  #tail: Promise<void> = Promise.resolve();
  #last: StoreOperation | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(level: ClassicLevel<string, Buffer>) {
    this.#level = level;
  }

  write(operations: StoreOperation[]): Promise<void> {
    this.#last = operations.at(-1) ?? this.#last;
    this.#timer ??= setTimeout(() => void this.#sync(), SYNC_MS).unref();
    return this.#batch(operations, false);
  }

  /** Never rejects: where the disk fails, a write has told it, or the next one will. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#timer !== undefined) await this.#sync();
    await this.#tail.catch(() => {});
  }

  async #sync(): Promise<void> {
    this.#timer = undefined;
    const last = this.#last;
    if (last === undefined) return;
    try {
      await this.#batch([last], true);
    } catch {
      // See `end`.
    }
  }

  #batch(operations: StoreOperation[], sync: boolean): Promise<void> {
    const written = this.#tail.then(() => this.#level.batch(operations, { ...AS_BYTES, sync }));
    this.#tail = written.catch(() => {});
    return written;
  }
}
