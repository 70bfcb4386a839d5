import type { FastifyRequest } from "fastify";
import { FleetError } from "../../../base/errors.ts";
import { FAULT_KINDS } from "../../../base/fault-kinds.ts";
import { ServiceFault } from "../../fault.ts";
import type { FaultControl } from "../../faults/fault-control.ts";
import type { FaultDocument } from "../../faults/fault-document.ts";
import type { ApiScope } from "../api-server.ts";
import { sendJson } from "../replies.ts";
import { ADMIN_PATH } from "./admin-path.ts";

export interface FaultRouteOptions {
  readonly faults: FaultControl<unknown>;
  /** @throws {ServiceFault} `unauthorized` without the admin token */
  readonly requireAdmin: (request: FastifyRequest) => void;
}

interface ById {
  readonly Params: { readonly id: string };
}

const PATH = `${ADMIN_PATH}/faults`;

/** Faults on demand: put on, listed, ended. */
export function faultRoutes(api: ApiScope, { faults, requireAdmin }: FaultRouteOptions): void {
  // Before the body is read.
  const admin = { onRequest: async (request: FastifyRequest) => requireAdmin(request) };
  api.get(`${PATH}/kinds`, admin, async (_request, reply) => {
    const kinds = Object.entries(FAULT_KINDS).map(([kind, facts]) => ({ kind, ...facts }));
    await sendJson(reply, 200, { kinds });
  });
  api.get(PATH, admin, async (_request, reply) => {
    await sendJson(reply, 200, { faults: faults.list() });
  });
  api.post(PATH, admin, async (request, reply) => {
    await sendJson(reply, 201, inject(faults, request.body));
  });
  api.delete(PATH, admin, async (_request, reply) => {
    await sendJson(reply, 200, { faults: faults.clear() });
  });
  api.delete<ById>(`${PATH}/:id`, admin, async (request, reply) => {
    const ended = faults.remove(request.params.id);
    if (ended === undefined) throw new ServiceFault("notFound", "No such fault, or it has ended.");
    await sendJson(reply, 200, ended);
  });
}

/** @throws {ServiceFault} `badRequest` with every problem */
function inject(faults: FaultControl<unknown>, body: unknown): FaultDocument {
  try {
    return faults.inject(body);
  } catch (error) {
    if (error instanceof FleetError) throw new ServiceFault("badRequest", error.message);
    throw error;
  }
}
