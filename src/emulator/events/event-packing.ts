import { z } from "zod";
import type { Packing } from "../state/state.ts";
import type { IngestedMessage, StoredEvent } from "./event-log.ts";

/** What is kept of a stored message: the partitions that it was routed to by their ids. */
export interface KeptEvent {
  readonly message: IngestedMessage;
  readonly partitions: readonly string[];
}

/** In this order, without names: there may be a million of them. */
const head = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.enum(["deviceToken", "policyToken", "thumbprint", "ca"]),
  z.number(),
  z.string(),
  z.record(z.string(), z.string()).nullable(),
  z.array(z.string()),
]);

/** How a message is kept. Its head is written by hand: all telemetry goes this way. */
export const eventPacking: Packing<StoredEvent, KeptEvent> = {
  pack: ({ message, partitions }) => ({
    head: JSON.stringify([
      message.hub,
      message.deviceId,
      message.generationId,
      message.modelId,
      message.loginMethod,
      message.enqueuedMs,
      message.bag,
      message.added ?? null,
      partitions.map(({ id }) => id),
    ]),
    body: message.body,
  }),
  unpack: ({ head: text, body }) => {
    const read = head.safeParse(parsed(text));
    if (!read.success) return undefined;
    const [hub, deviceId, generationId, modelId, loginMethod, enqueuedMs, bag, added, partitions] =
      read.data;
    return {
      message: {
        hub,
        deviceId,
        generationId,
        modelId,
        loginMethod,
        enqueuedMs,
        bag,
        added: added ?? undefined,
        body,
      },
      partitions,
    };
  },
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
