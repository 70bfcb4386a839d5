import type { EventLog, StoredEvent } from "./event-log.ts";

export interface ReadOptions {
  /** The first message wanted, by number. */
  readonly from: number;
  /** Waits for more at the end, until the signal is aborted. */
  readonly follow: boolean;
  readonly line: (event: StoredEvent) => string;
  readonly signal: AbortSignal;
}

/** Lines that go out as one chunk, so that a fast reader costs few writes. */
const CHUNK_LINES = 256;

/**
 * The log as NDJSON, in chunks of whole lines. A reader that the log's bounds have overtaken is told by a line
 * `{"lost": n}` and goes on with the oldest message that is kept. The next chunk is made when it is asked for:
 * a slow reader costs no memory.
 */
export async function* readEvents(log: EventLog, options: ReadOptions): AsyncGenerator<string> {
  let next = options.from;
  while (!options.signal.aborted) {
    const lost = Math.max(0, log.firstSequence - next);
    if (lost > 0) {
      next += lost;
      yield `${JSON.stringify({ lost })}\n`;
      continue;
    }
    const events = log.read(next, CHUNK_LINES);
    const last = events.at(-1);
    if (last !== undefined) {
      next = last.sequence + 1;
      yield `${events.map(options.line).join("\n")}\n`;
    } else if (options.follow) {
      await log.waitFor(next, options.signal);
    } else return;
  }
}
