import type { FastifyRequest } from "fastify";
import type { ResourceLog } from "../../resource-logs/resource-log.ts";
import type { ApiScope } from "../api-server.ts";
import type { LineStreams } from "../line-streams.ts";
import { ADMIN_PATH } from "./admin-path.ts";
import { parseLogQuery } from "./log-query.ts";

export interface ResourceLogRouteOptions {
  readonly log: ResourceLog;
  readonly streams: LineStreams;
  /** @throws {ServiceFault} `unauthorized` without the admin token */
  readonly requireAdmin: (request: FastifyRequest) => void;
}

/** The resource logs, as lines of JSON. */
export function resourceLogRoutes(api: ApiScope, options: ResourceLogRouteOptions): void {
  const { log, streams, requireAdmin } = options;
  const admin = { onRequest: async (request: FastifyRequest) => requireAdmin(request) };
  api.get(`${ADMIN_PATH}/logs`, admin, async (request, reply) => {
    const query = parseLogQuery(request.query);
    const ending = new AbortController();
    await streams.answer(reply, ending, log.read({ ...query, signal: ending.signal }));
  });
}
