import type { FastifyRequest } from "fastify";
import type { EventLog } from "../events/event-log.ts";
import { ServiceFault } from "../fault.ts";
import type { CountedHub } from "../metrics/hub-metrics.ts";
import type { FaultControl } from "../faults/fault-control.ts";
import type { Monitoring } from "../monitoring.ts";
import type { Throttling } from "../throttling/throttling.ts";
import { ADMIN_PATH } from "./admin/admin-path.ts";
import { faultRoutes } from "./admin/fault-routes.ts";
import { metricRoutes } from "./admin/metric-routes.ts";
import { resourceLogRoutes } from "./admin/resource-log-routes.ts";
import { throttlingRoutes } from "./admin/throttling-routes.ts";
import type { ApiScope } from "./api-server.ts";
import type { LineStreams } from "./line-streams.ts";
import { sendJson } from "./replies.ts";

export interface AdminOptions {
  readonly log: EventLog;
  readonly hubs: ReadonlyMap<string, CountedHub & { readonly hostName: string }>;
  readonly isAdmin: (request: FastifyRequest) => boolean;
  readonly isReady: () => boolean;
  readonly faults: FaultControl<unknown>;
  readonly throttling: Throttling;
  readonly monitoring: Monitoring;
  readonly streams: LineStreams;
}

/**
 * Health and readiness (without a token), the end of the log, what routing did, faults, tiers, metrics and resource logs;
 * not part of Azure.
 */
export function adminRoutes(api: ApiScope, options: AdminOptions): void {
  const { log, hubs, isAdmin, isReady, faults, throttling, monitoring, streams } = options;
  const requireAdmin = (request: FastifyRequest): void => {
    if (!isAdmin(request))
      throw new ServiceFault("unauthorized", "The admin token is missing or wrong.");
  };
  api.get(`${ADMIN_PATH}/health`, async (_request, reply) => {
    await sendJson(reply, 200, { status: "healthy" });
  });
  api.get(`${ADMIN_PATH}/ready`, async (_request, reply) => {
    const ready = isReady();
    await sendJson(reply, ready ? 200 : 503, { status: ready ? "ready" : "notReady" });
  });
  api.get(`${ADMIN_PATH}/position`, async (request, reply) => {
    requireAdmin(request);
    await sendJson(reply, 200, { sequence: log.ledger.next });
  });
  api.get(`${ADMIN_PATH}/routing`, async (request, reply) => {
    requireAdmin(request);
    const counts = [...hubs].map(([hostName, { routing }]) => [hostName, routing.counts] as const);
    await sendJson(reply, 200, Object.fromEntries(counts));
  });
  faultRoutes(api, { faults, requireAdmin });
  throttlingRoutes(api, { throttling, requireAdmin });
  metricRoutes(api, { read: () => monitoring.metrics(hubs.values()), requireAdmin });
  resourceLogRoutes(api, { log: monitoring.resourceLog, streams, requireAdmin });
}
