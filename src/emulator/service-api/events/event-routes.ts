import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { EventLog } from "../../events/event-log.ts";
import { readEvents } from "../../events/event-stream.ts";
import { ServiceFault } from "../../fault.ts";
import { ADMIN_PATH } from "../admin/admin-path.ts";
import type { ApiScope } from "../api-server.ts";
import { needs } from "../authorization.ts";
import type { EventQuery } from "./event-query.ts";
import { parseEventQuery } from "./event-query.ts";
import type { ReadableHub, Selection } from "./event-selection.ts";
import { selectEvents, selectLedger } from "./event-selection.ts";

/** How long readers have to take the end of their answers when the emulator stops, in ms. */
const LAST_LINES_MS = 1000;

export interface EventApiOptions {
  readonly log: EventLog;
  readonly hubs: ReadonlyMap<string, ReadableHub>;
  readonly isAdmin: (request: FastifyRequest) => boolean;
  /**
   * The hub that the request's host name means, where the request has a token for it.
   *
   * @throws {ServiceFault}
   */
  readonly authorizedHub: (request: FastifyRequest) => ReadableHub;
}

/** The answers that are under way. */
export interface EventReaders {
  /**
   * Ends every answer in good order, so that no reader takes the end for a failure; one who does not take it in time is
   * cut off. Safe to call twice.
   */
  stop(): Promise<void>;
}

/**
 * What the hubs' endpoints have, as lines of JSON: in place of the Event Hubs that Azure's readers connect to. The admin
 * token opens all hubs, a SAS token with ServiceConnect the one that the request's host name means.
 */
export function eventRoutes(api: ApiScope, options: EventApiOptions): EventReaders {
  const { log, hubs, isAdmin, authorizedHub } = options;
  const underWay = new Map<Promise<void>, { end: () => void; cutOff: () => void }>();
  const select = (request: FastifyRequest): { query: EventQuery; selection: Selection } => {
    const hub = isAdmin(request) ? undefined : authorizedHub(request);
    const query = parseEventQuery(request.query);
    if (query.select === "ledger" && hub !== undefined)
      throw new ServiceFault("unauthorizedAccess", "select=ledger takes the admin token.");
    // What is too old by now is not the earliest any more.
    log.dropExpired();
    if (query.select === "ledger") return { query, selection: selectLedger(log, query) };
    const readable = hub === undefined ? [...hubs.values()] : [hub];
    return { query, selection: selectEvents(log, readable, query) };
  };
  api.get(`${ADMIN_PATH}/events`, needs("ServiceConnect"), async (request, reply) => {
    const { query, selection } = select(request);
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const leave = join(selection, end);
    reply.raw.once("close", end);
    const { signal } = ending;
    const answer = send(reply, readEvents(log, { ...selection, follow: query.follow, signal }));
    underWay.set(answer, { end, cutOff: () => void reply.raw.destroy() });
    try {
      await answer;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      underWay.delete(answer);
      leave();
    }
  });
  return {
    stop: async () => {
      for (const { end } of underWay.values()) end();
      const limit = delay(LAST_LINES_MS, undefined, { ref: false });
      await Promise.race([Promise.allSettled(underWay.keys()), limit]);
      for (const { cutOff } of underWay.values()) cutOff();
    },
  };
}

/** Takes a place in every group, or in none. @throws {ServiceFault} `tooManyReaders` */
function join({ memberships }: Selection, end: () => void): () => void {
  const joined: (() => void)[] = [];
  const leave = (): void => {
    for (const one of joined) one();
  };
  try {
    for (const { group, partitions } of memberships) joined.push(group.join({ partitions, end }));
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}

/** By hand: a follower must get its headers before there is a first message. */
async function send(reply: FastifyReply, lines: AsyncIterable<string>): Promise<void> {
  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8" });
  reply.raw.flushHeaders();
  // The pipeline asks for the next chunk only when the socket has room.
  await pipeline(Readable.from(lines, { highWaterMark: 1 }), reply.raw);
}
