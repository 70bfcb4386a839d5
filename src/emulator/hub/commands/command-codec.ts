import { z } from "zod";
import { bytes, ms } from "../../state/codecs.ts";
import type { Codec } from "../../state/state.ts";
import type { CommandMessage } from "./command-message.ts";
import { ACKNOWLEDGMENTS } from "./command-message.ts";
import type { PendingCommand } from "./command-queue.ts";

const text = z.string();

const properties = z.codec(
  z.array(z.tuple([text, text.nullable()])),
  z.custom<ReadonlyMap<string, string | null>>((value) => value instanceof Map),
  { decode: (pairs) => new Map(pairs), encode: (map) => [...map] },
);

/** How a message is kept while it is pending. */
export const commandCodec: Codec<PendingCommand<CommandMessage>> = z.strictObject({
  message: z.strictObject({
    messageId: text,
    correlationId: text.optional(),
    userId: text.optional(),
    contentType: text.optional(),
    contentEncoding: text.optional(),
    acknowledgment: z.enum(ACKNOWLEDGMENTS).optional(),
    expiryTime: text.optional(),
    properties,
    body: bytes,
  }),
  packetId: z.int().min(1).max(65_535),
  expiresMs: ms,
  deliveryCount: z.int().min(0),
  lockedUntilMs: ms,
});
