import type { FastifyRequest } from "fastify";
import type { EventLog } from "../../events/event-log.ts";
import { readEvents } from "../../events/event-stream.ts";
import { ServiceFault } from "../../fault.ts";
import { ADMIN_PATH } from "../admin/admin-path.ts";
import type { ApiScope } from "../api-server.ts";
import { needs } from "../authorization.ts";
import type { LineStreams } from "../line-streams.ts";
import type { EventQuery } from "./event-query.ts";
import { parseEventQuery } from "./event-query.ts";
import type { ReadableHub, Selection } from "./event-selection.ts";
import { selectEvents, selectLedger } from "./event-selection.ts";

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
  readonly streams: LineStreams;
}

/**
 * What the hubs' endpoints have, as lines of JSON: in place of the Event Hubs that Azure's readers connect to. The admin
 * token opens all hubs, a SAS token with ServiceConnect the one that the request's host name means.
 */
export function eventRoutes(api: ApiScope, options: EventApiOptions): void {
  const { log, hubs, isAdmin, authorizedHub, streams } = options;
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
    const leave = join(selection, () => ending.abort());
    const { signal } = ending;
    try {
      const lines = readEvents(log, { ...selection, follow: query.follow, signal });
      await streams.answer(reply, ending, lines);
    } finally {
      leave();
    }
  });
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
