import { z } from "zod";

import { serviceAgent } from "./connection.ts";
import type { EmulatorEvents } from "./emulator-stream.ts";
import { linesOf, openEmulatorStream, parseAnswer } from "./emulator-stream.ts";

const hubEvent = z.object({
  /** Host name. */
  hub: z.string(),
  deviceId: z.string(),
  partition: z.int(),
  sequenceNumber: z.int(),
  /** ISO 8601, UTC. */
  enqueuedTime: z.string(),
  /** Application properties. */
  properties: z.record(z.string(), z.string()),
  /** Where it is UTF-8. */
  body: z.string().optional(),
  bodyBase64: z.string().optional(),
});

/** A message that a hub ingested; the line has more, for programs. */
export type HubEvent = z.infer<typeof hubEvent>;

const line = z.union([z.object({ lost: z.int().nonnegative() }), hubEvent]);

/** A line of JSON as it was received, and what it says: a message, or how many the reader missed. */
export interface EventLine {
  readonly json: string;
  readonly content: HubEvent | { readonly lost: number };
}

/** Which messages are read. */
export interface EventFilter {
  /** Where reading begins: the oldest that is kept, now, or a time. */
  readonly from: "earliest" | "latest" | Date;
  /** Waits for more at the end. */
  readonly follow: boolean;
  /** Of the hub: the built-in one, or one that messages are routed to. */
  readonly endpoint: string;
  readonly consumerGroup: string;
  /** Empty = of every device. */
  readonly deviceIds: readonly string[];
}

/** More would make the address too long; then the answer is sifted here. */
const DEVICES_ASKED_MAX = 50;

/**
 * Reads what an emulator's hubs ingested, in order of ingestion, until the end: of what there is, or, for a follower, of
 * the emulator. Ends without an error when `signal` is aborted.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`, also where the stream breaks off
 */
export async function* readHubEvents(
  events: EmulatorEvents,
  filter: EventFilter,
  signal: AbortSignal,
): AsyncGenerator<EventLine> {
  const wanted = new Set(filter.deviceIds);
  const agent = serviceAgent(events.route);
  const url = addressOf(events, filter);
  try {
    const answer = await openEmulatorStream(events, url, {
      agent,
      signal,
      patient: filter.follow,
    });
    for await (const json of linesOf(answer, url)) {
      const content = parseAnswer(line, json, url);
      if ("lost" in content || wanted.size === 0 || wanted.has(content.deviceId))
        yield { json, content };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    agent.destroy();
  }
}

function addressOf({ eventsUrl }: EmulatorEvents, filter: EventFilter): URL {
  const { from, follow, endpoint, consumerGroup, deviceIds } = filter;
  const url = new URL(eventsUrl);
  url.searchParams.set("from", typeof from === "string" ? from : from.toISOString());
  url.searchParams.set("follow", String(follow));
  url.searchParams.set("endpoint", endpoint);
  url.searchParams.set("consumerGroup", consumerGroup);
  if (deviceIds.length <= DEVICES_ASKED_MAX)
    for (const id of deviceIds) url.searchParams.append("device", id);
  return url;
}
