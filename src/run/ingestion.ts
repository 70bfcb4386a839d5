import { FleetError } from "../base/errors.ts";
import { sleep } from "../base/retry.ts";
import type { IngestedRecord, IngestionReader } from "../service/ingestion-reader.ts";
import type { Ledger } from "./ledger.ts";

/** Between two looks at what was ingested, in ms: often enough that nothing falls out of the emulator's memory. */
const POLL_MS = 1_000;

export interface FollowerOptions {
  readonly reader: IngestionReader;
  readonly ledger: Pick<Ledger, "ingest">;
  /** Between two looks, in ms; default 1,000. */
  readonly pollMs?: number;
  /** A read failed in between; told for the first of several in a row. */
  readonly onFailure: (error: FleetError) => void;
}

/**
 * Follows what the hubs ingest into a ledger, by asking again and again for what is new. A read that the emulator
 * fails in between is made good by the next; only the last one, in `finish()`, must succeed. Any other error is a bug
 * and ends following: `check()` and `finish()` throw it.
 */
export class IngestionFollower {
  readonly #options: FollowerOptions;
  readonly #stopping = new AbortController();
  #next: number;
  #lost = 0;
  #polling: Promise<void> | undefined;
  #bug: { readonly error: unknown } | undefined;

  private constructor(options: FollowerOptions, from: number) {
    this.#options = options;
    this.#next = from;
  }

  /**
   * Starts at the present end, so that earlier runs do not count.
   *
   * @throws {FleetError} `REFUSED` or `UNREACHABLE` when the position cannot be read
   */
  static async open(options: FollowerOptions, signal?: AbortSignal): Promise<IngestionFollower> {
    return new IngestionFollower(options, await options.reader.position(signal));
  }

  /** Begins to follow; call once. */
  start(): void {
    this.#polling = this.#poll();
  }

  /** @throws the error that ended following, if one has */
  check(): void {
    if (this.#bug !== undefined) throw this.#bug.error;
  }

  /**
   * Reads the rest and ends following.
   *
   * @returns records that were gone before they could be read; with any, the ledger proves nothing
   * @throws {FleetError} `REFUSED` or `UNREACHABLE` when the rest cannot be read; what `check()` throws
   */
  async finish(): Promise<{ readonly lost: number }> {
    await this.stop();
    this.check();
    await this.#read();
    return { lost: this.#lost };
  }

  /** Ends following without reading the rest; safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
  }

  async #poll(): Promise<void> {
    const { pollMs = POLL_MS, onFailure } = this.#options;
    const { signal } = this.#stopping;
    let failing = false;
    for (;;) {
      try {
        await sleep(pollMs, signal);
        await this.#read(signal);
        failing = false;
      } catch (error) {
        // What is broken off may fail in any way; finish() reads it again.
        if (signal.aborted) return;
        if (!(error instanceof FleetError)) {
          this.#bug = { error };
          return;
        }
        if (!failing) onFailure(error);
        failing = true;
      }
    }
  }

  async #read(signal?: AbortSignal): Promise<void> {
    const { reader, ledger } = this.#options;
    // `#next` moves with every record, so that a stream that breaks off is taken up where it broke.
    const take = (record: IngestedRecord): void => {
      ledger.ingest(record);
      this.#next = Math.max(this.#next, record.sequence + 1);
    };
    const { lost, next } = await reader.read(this.#next, take, signal);
    this.#lost += lost;
    this.#next = Math.max(this.#next, next);
  }
}
