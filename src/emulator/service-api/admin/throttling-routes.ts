import type { FastifyRequest } from "fastify";
import { tierChangeSchema } from "../../throttling/tier-change.ts";
import type { Throttling } from "../../throttling/throttling.ts";
import type { ApiScope } from "../api-server.ts";
import { parseBody, sendJson } from "../replies.ts";
import { ADMIN_PATH } from "./admin-path.ts";

export interface ThrottlingRouteOptions {
  readonly throttling: Throttling;
  /** @throws {ServiceFault} `unauthorized` without the admin token */
  readonly requireAdmin: (request: FastifyRequest) => void;
}

/** Tiers and limits while the emulator runs: what holds and how much of it is used, and changes. */
export function throttlingRoutes(
  api: ApiScope,
  { throttling, requireAdmin }: ThrottlingRouteOptions,
): void {
  // Before the body is read.
  const admin = { onRequest: async (request: FastifyRequest) => requireAdmin(request) };
  const path = `${ADMIN_PATH}/throttling`;
  api.get(path, admin, async (_request, reply) => {
    await sendJson(reply, 200, throttling.state);
  });
  api.patch(path, admin, async (request, reply) => {
    throttling.set(parseBody(tierChangeSchema, request.body));
    await sendJson(reply, 200, throttling.state);
  });
}
