import { setImmediate as nextTurn } from "node:timers/promises";
import type { EventLog, StoredEvent } from "./event-log.ts";
import type { NumberedQueue } from "./numbered-queue.ts";

/** A queue to read, and how. */
export interface EventSource {
  readonly queue: NumberedQueue<StoredEvent>;
  /** The first message wanted, by its number in the queue. */
  readonly from: number;
  /** One line without its end. */
  readonly line: (event: StoredEvent, number: number) => string;
}

export interface ReadOptions {
  readonly sources: readonly EventSource[];
  /** Leaves out what it is false for; default nothing. */
  readonly keeps?: ((event: StoredEvent) => boolean) | undefined;
  /** Messages that are known to be lost before the first that is read; default 0. */
  readonly lost?: number | undefined;
  /** Waits for more at the end, until the signal is aborted; else what is there at the beginning is read. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

interface Cursor extends EventSource {
  next: number;
}

/** A chunk ends with the line that passes one of these, so that a fast reader costs few writes and a slow one no memory. */
const CHUNK_LINES = 256;
const CHUNK_CHARACTERS = 128 * 1024;
/** Messages that are looked at in one turn of the event loop. */
const TURN_EVENTS = 4096;

/**
 * The sources as NDJSON, in order of ingestion, in chunks of whole lines. A reader that the log's bounds have overtaken
 * is told by a line `{"lost": n}` and goes on with the oldest messages that are kept. The next chunk is made when it is
 * asked for: a slow reader costs no memory.
 */
export async function* readEvents(log: EventLog, options: ReadOptions): AsyncGenerator<string> {
  const { keeps, follow, signal } = options;
  const cursors = options.sources.map((source) => ({ ...source, next: source.from }));
  const until = follow ? Infinity : log.ledger.next;
  let lost = options.lost ?? 0;
  while (!signal.aborted) {
    log.dropExpired();
    lost += skipLost(cursors);
    if (lost > 0) {
      await log.saved();
      yield `${JSON.stringify({ lost })}\n`;
      lost = 0;
      continue;
    }
    const seen = log.ledger.next;
    const { lines, isEnd } = takeLines(cursors, keeps, until);
    if (lines !== "") {
      await log.saved();
      yield lines;
    } else if (!isEnd) await nextTurn();
    else if (follow) await log.waitFor(seen, signal);
    else return;
  }
}

/** Moves cursors on to what is kept; gives how many messages they have missed. */
function skipLost(cursors: readonly Cursor[]): number {
  let lost = 0;
  for (const cursor of cursors) {
    const missed = Math.max(0, cursor.queue.first - cursor.next);
    cursor.next += missed;
    lost += missed;
  }
  return lost;
}

/** The next chunk; `isEnd` where nothing is left before `until`, a number of the ledger. */
function takeLines(
  cursors: readonly Cursor[],
  keeps: ReadOptions["keeps"],
  until: number,
): { readonly lines: string; readonly isEnd: boolean } {
  let lines = "";
  let count = 0;
  for (let looked = 0; looked < TURN_EVENTS; looked++) {
    if (count >= CHUNK_LINES || lines.length >= CHUNK_CHARACTERS) return { lines, isEnd: false };
    const oldest = oldestOf(cursors);
    if (oldest === undefined || oldest.event.sequence >= until) return { lines, isEnd: true };
    const { cursor, event } = oldest;
    if (keeps === undefined || keeps(event)) {
      lines += `${cursor.line(event, cursor.next)}\n`;
      count++;
    }
    cursor.next++;
  }
  return { lines, isEnd: false };
}

/** The message that was ingested first of those that the cursors are at. */
function oldestOf(
  cursors: readonly Cursor[],
): { readonly cursor: Cursor; readonly event: StoredEvent } | undefined {
  let oldest: { readonly cursor: Cursor; readonly event: StoredEvent } | undefined;
  for (const cursor of cursors) {
    const event = cursor.queue.at(cursor.next);
    if (event === undefined) continue;
    if (oldest === undefined || event.sequence < oldest.event.sequence) oldest = { cursor, event };
  }
  return oldest;
}
