import type { FastifyRequest } from "fastify";
import type { EventLog } from "../events/event-log.ts";
import { ServiceFault } from "../fault.ts";
import type { ApiScope } from "./api-server.ts";
import { sendJson } from "./replies.ts";

/** The emulator's own paths, under every host name. */
export const ADMIN_PATH = "/emulator";

export interface AdminOptions {
  readonly log: EventLog;
  readonly isAdmin: (request: FastifyRequest) => boolean;
}

/** Health, and the end of the log; not part of Azure. */
export function adminRoutes(api: ApiScope, { log, isAdmin }: AdminOptions): void {
  api.get(`${ADMIN_PATH}/health`, async (_request, reply) => {
    await sendJson(reply, 200, { status: "healthy" });
  });
  api.get(`${ADMIN_PATH}/position`, async (request, reply) => {
    if (!isAdmin(request))
      throw new ServiceFault("unauthorized", "The admin token is missing or wrong.");
    await sendJson(reply, 200, { sequence: log.ledger.next });
  });
}
