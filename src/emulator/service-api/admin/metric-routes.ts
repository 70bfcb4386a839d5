import type { FastifyRequest } from "fastify";
import { PROMETHEUS_TYPE, prometheusText } from "../../metrics/prometheus-text.ts";
import type { EmulatorMetrics } from "../../metrics/readings.ts";
import type { ApiScope } from "../api-server.ts";
import { sendJson } from "../replies.ts";
import { ADMIN_PATH } from "./admin-path.ts";

export interface MetricRouteOptions {
  readonly read: () => EmulatorMetrics;
  /** @throws {ServiceFault} `unauthorized` without the admin token */
  readonly requireAdmin: (request: FastifyRequest) => void;
}

const PATH = `${ADMIN_PATH}/metrics`;

/** All metrics: as JSON for tests, as text for Prometheus. */
export function metricRoutes(api: ApiScope, { read, requireAdmin }: MetricRouteOptions): void {
  const admin = { onRequest: async (request: FastifyRequest) => requireAdmin(request) };
  api.get(PATH, admin, async (_request, reply) => {
    await sendJson(reply, 200, read());
  });
  api.get(`${PATH}/prometheus`, admin, async (_request, reply) => {
    await reply.header("content-type", PROMETHEUS_TYPE).send(prometheusText(read()));
  });
}
