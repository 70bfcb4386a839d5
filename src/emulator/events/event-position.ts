import { z } from "zod";
import type { StoredEvent } from "./event-log.ts";
import type { NumberedQueue } from "./numbered-queue.ts";

/** Where a reader begins. */
export type EventPosition =
  | { readonly at: "earliest" | "latest" }
  | { readonly at: "sequence"; readonly sequence: number }
  | { readonly at: "time"; readonly ms: number };

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** `earliest`, `latest`, a sequence number, or an ISO 8601 time with its offset; a date alone begins in UTC. */
export const positionText = z.string().transform((text, context): EventPosition => {
  if (text === "earliest" || text === "latest") return { at: text };
  if (/^\d{1,15}$/.test(text)) return { at: "sequence", sequence: Number(text) };
  if (time.safeParse(text).success) return { at: "time", ms: Date.parse(text) };
  context.addIssue({
    code: "custom",
    message:
      "expected earliest, latest, a sequence number or an ISO 8601 time such as 2026-01-31T12:00:00Z",
  });
  return z.NEVER;
});

/**
 * The number in `queue` of the first message that `position` wants. What was enqueued at the very time is wanted too.
 *
 * @param numbers whether a sequence number is one of this queue, or one of the ledger
 */
export function firstWanted(
  queue: NumberedQueue<StoredEvent>,
  position: EventPosition,
  numbers: "queue" | "ledger",
): number {
  switch (position.at) {
    case "earliest":
      return queue.first;
    case "latest":
      return queue.next;
    case "sequence":
      return numbers === "queue"
        ? position.sequence
        : queue.find(({ sequence }) => sequence >= position.sequence);
    case "time":
      return queue.find(({ message }) => message.enqueuedMs >= position.ms);
    default:
      return position satisfies never;
  }
}
