import { FleetError } from "../base/errors.ts";
import { sleep } from "../base/retry.ts";
import type {
  IngestedMessage,
  IngestionReader,
  IngestionReading,
} from "../service/ingestion-reader.ts";

/** Between two looks at what was ingested, in ms: often enough that nothing falls out of the emulator's memory. */
const POLL_MS = 1_000;

export interface FollowerOptions {
  readonly reader: IngestionReader;
  /** Gets each message once; those of one device in the order in which its hub took them. */
  readonly take: (message: IngestedMessage) => void;
  /** Where another reading of this run stood; undefined = at the present end. */
  readonly from?: string | undefined;
  /** What is new was handed over. */
  readonly onRead?: (reading: Pick<IngestionReading, "position" | "lost">) => void;
  /** Between two looks, in ms; default 1,000. */
  readonly pollMs?: number;
  /** A read failed in between; told for the first of several in a row. */
  readonly onFailure: (error: FleetError) => void;
}

/**
 * Follows what the hubs ingest, by asking again and again for what is new. A read that the service fails in between is
 * made good by the next; only the last one, in `finish()`, must succeed. Any other error is a bug and ends following:
 * `check()` and `finish()` throw it.
 */
export class IngestionFollower {
  readonly #options: FollowerOptions;
  readonly #reading: IngestionReading;
  readonly #stopping = new AbortController();
  #polling: Promise<void> | undefined;
  #bug: { readonly error: unknown } | undefined;

  private constructor(options: FollowerOptions, reading: IngestionReading) {
    this.#options = options;
    this.#reading = reading;
  }

  /**
   * Starts at the present end, so that earlier runs do not count, or where another reading stood.
   *
   * @throws {FleetError} `REFUSED` or `UNREACHABLE` when the reading cannot begin
   */
  static async open(options: FollowerOptions, signal?: AbortSignal): Promise<IngestionFollower> {
    return new IngestionFollower(options, await options.reader.open(signal, options.from));
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
   * @returns messages that were gone before they could be read; with any, a ledger of the others proves nothing
   * @throws {FleetError} `REFUSED` or `UNREACHABLE` when the rest cannot be read; what `check()` throws
   */
  async finish(): Promise<{ readonly lost: number }> {
    this.#stopping.abort();
    await this.#polling;
    this.check();
    await this.read();
    await this.stop();
    return { lost: this.#reading.lost };
  }

  /** Ends following without reading the rest; safe to call twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
    await this.#reading.close();
  }

  /** Hands over what is new. @throws {FleetError} `REFUSED` or `UNREACHABLE` */
  async read(signal?: AbortSignal): Promise<void> {
    const { take, onRead } = this.#options;
    await this.#reading.read(take, signal);
    onRead?.(this.#reading);
  }

  async #poll(): Promise<void> {
    const { pollMs = POLL_MS, onFailure } = this.#options;
    const { signal } = this.#stopping;
    let failing = false;
    for (;;) {
      try {
        await sleep(pollMs, signal);
        await this.read(signal);
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
}
