import { z } from "zod";
import { DEFAULT_GROUP } from "../../events/consumer-groups.ts";
import { BUILT_IN_ENDPOINT } from "../../events/event-endpoint.ts";
import { positionText } from "../../events/event-position.ts";
import { parseBody } from "../replies.ts";

const text = z.string().min(1);
const FOR_ENDPOINTS = ["consumerGroup", "endpoint", "hub", "partition", "device"] as const;

const eventQuery = z
  .strictObject({
    from: positionText.optional(),
    follow: z.enum(["true", "false"]).default("false"),
    select: z.enum(["all", "ledger"]).default("all"),
    consumerGroup: text.optional(),
    endpoint: text.optional(),
    hub: text.optional(),
    partition: z
      .string()
      .regex(/^\d{1,4}$/, "expected the number of a partition, from 0")
      .transform(Number)
      .optional(),
    /** Repeatable. */
    device: z.union([text.transform((one) => [one]), z.array(text)]).optional(),
  })
  .superRefine((query, context) => {
    for (const name of query.select === "ledger" ? FOR_ENDPOINTS : [])
      if (query[name] !== undefined)
        context.addIssue({
          code: "custom",
          path: [name],
          message: "expected nothing beside select=ledger, which is of all hubs",
        });
  })
  .transform(({ device, follow, ...query }) => ({
    ...query,
    from: query.from ?? ({ at: "earliest" } as const),
    follow: follow === "true",
    consumerGroup: query.consumerGroup ?? DEFAULT_GROUP,
    endpoint: query.endpoint ?? BUILT_IN_ENDPOINT,
    devices: device === undefined ? undefined : new Set(device),
  }));

/** What a reader of events asks for. */
export type EventQuery = z.output<typeof eventQuery>;

/** @throws {ServiceFault} `badRequest` with every problem */
export function parseEventQuery(query: unknown): EventQuery {
  return parseBody(eventQuery, query, "query");
}
