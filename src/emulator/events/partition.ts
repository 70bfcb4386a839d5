import type { StoredEvent } from "./event-log.ts";
import { NumberedQueue } from "./numbered-queue.ts";

/** One partition of an endpoint: its messages by sequence number, which begins at 0 and has no gaps. */
export class Partition extends NumberedQueue<StoredEvent> {
  /** No other partition of the emulator has or had it. */
  readonly id: string;

  constructor(id: string) {
    super(0);
    this.id = id;
  }
}

/**
 * The partition of a device, from 0: always the same one for an id and a count, so that a device's messages keep their
 * order. Azure's own hash is not published; this is FNV-1a over UTF-16 units, mixed so that its low bits count
 * (the finalizer of MurmurHash3).
 *
 * @param count >= 1
 */
export function partitionOf(deviceId: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < deviceId.length; at++)
    hash = Math.imul(hash ^ deviceId.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % count;
}
