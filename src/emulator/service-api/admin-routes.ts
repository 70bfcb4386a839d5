import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { fullLine, ledgerLine } from "../events/event-line.ts";
import type { EventLog } from "../events/event-log.ts";
import { readEvents } from "../events/event-stream.ts";
import { ServiceFault } from "../fault.ts";
import { adminTokenCheck } from "./admin-token.ts";
import type { ApiScope } from "./api-server.ts";
import { parseBody, sendJson } from "./replies.ts";

/** The emulator's own paths, under every host name. */
export const ADMIN_PATH = "/emulator";

const eventsQuery = z.strictObject({
  from: z.string().default("earliest"),
  follow: z.enum(["true", "false"]).default("false"),
  select: z.enum(["all", "ledger"]).default("all"),
});

export interface AdminOptions {
  readonly log: EventLog;
  readonly adminToken: string;
}

/** Health, and what the hubs ingested; not part of Azure. */
export function adminRoutes(api: ApiScope, { log, adminToken }: AdminOptions): void {
  const isAdmin = adminTokenCheck(adminToken);
  const requireToken = (request: FastifyRequest): void => {
    if (!isAdmin(request))
      throw new ServiceFault("unauthorized", "The admin token is missing or wrong.");
  };
  api.get(`${ADMIN_PATH}/health`, async (_request, reply) => {
    await sendJson(reply, 200, { status: "healthy" });
  });
  api.get(`${ADMIN_PATH}/position`, async (request, reply) => {
    requireToken(request);
    await sendJson(reply, 200, { sequence: log.nextSequence });
  });
  api.get(`${ADMIN_PATH}/events`, async (request, reply) => {
    requireToken(request);
    const query = parseBody(eventsQuery, request.query);
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const lines = readEvents(log, {
      from: startOf(query.from, log),
      follow: query.follow === "true",
      line: query.select === "ledger" ? ledgerLine : fullLine,
      signal: gone.signal,
    });
    // By hand: a follower must get its headers before there is a first message.
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8" });
    reply.raw.flushHeaders();
    try {
      // The pipeline asks for the next chunk only when the socket has room.
      await pipeline(Readable.from(lines, { highWaterMark: 1 }), reply.raw);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
  });
}

function startOf(from: string, log: EventLog): number {
  if (from === "earliest") return log.firstSequence;
  if (from === "latest") return log.nextSequence;
  if (/^\d{1,15}$/.test(from)) return Number(from);
  const atMs = Date.parse(from);
  if (Number.isNaN(atMs))
    throw new ServiceFault(
      "badRequest",
      "from: expected earliest, latest, a sequence number or an ISO 8601 time.",
    );
  return log.sequenceAt(atMs);
}
