import { sleep } from "../base/retry.ts";
import type { IngestedRecord, IngestionReader } from "../service/ingestion-reader.ts";
import type { Ledger } from "./ledger.ts";

/** Between two looks at what was ingested, in ms: often enough that nothing falls out of the emulator's memory. */
const POLL_MS = 1_000;

/**
 * Follows what the hubs ingest into a ledger, by asking again and again for what is new. A read that fails in between
 * is made good by the next; only the last one, in `finish()`, must succeed.
 */
export class IngestionFollower {
  readonly #reader: IngestionReader;
  readonly #ledger: Ledger;
  readonly #stopping = new AbortController();
  #next: number;
  #lost = 0;
  #polling: Promise<void> | undefined;

  private constructor(reader: IngestionReader, ledger: Ledger, from: number) {
    this.#reader = reader;
    this.#ledger = ledger;
    this.#next = from;
  }

  /**
   * Starts at the present end, so that earlier runs do not count.
   *
   * @throws {FleetError} `REFUSED` or `UNREACHABLE` when the position cannot be read
   */
  static async open(
    reader: IngestionReader,
    ledger: Ledger,
    signal?: AbortSignal,
  ): Promise<IngestionFollower> {
    return new IngestionFollower(reader, ledger, await reader.position(signal));
  }

  /** Begins to follow; call once. */
  start(): void {
    this.#polling = this.#poll();
  }

  /**
   * Reads the rest and ends following.
   *
   * @returns records that were gone before they could be read; with any, the ledger proves nothing
   * @throws {FleetError} `REFUSED` or `UNREACHABLE` when the rest cannot be read
   */
  async finish(): Promise<{ readonly lost: number }> {
    await this.stop();
    await this.#read();
    return { lost: this.#lost };
  }

  /** Ends following without reading the rest; safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
  }

  async #poll(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await sleep(POLL_MS, this.#stopping.signal);
        await this.#read(this.#stopping.signal);
      } catch {
        // Stopped, or a read that the next one makes good.
      }
    }
  }

  async #read(signal?: AbortSignal): Promise<void> {
    // `#next` moves with every record, so that a stream that breaks off is taken up where it broke.
    const take = (record: IngestedRecord): void => {
      this.#ledger.ingest(record);
      this.#next = Math.max(this.#next, record.sequence + 1);
    };
    const { lost, next } = await this.#reader.read(this.#next, take, signal);
    this.#lost += lost;
    this.#next = Math.max(this.#next, next);
  }
}
