import type { FastifyReply } from "fastify";
import { invokeMethod } from "../../hub/invoke-method.ts";
import type { ApiScope } from "../api-server.ts";
import { asks } from "../gated-routes.ts";
import type { HubApiOptions } from "./hub-routes.ts";
import { parseMethodCall } from "./method-body.ts";
import { sendJson } from "../replies.ts";

interface ById {
  readonly Params: { readonly id: string };
}

/** Direct methods. */
export function methodRoutes(api: ApiScope, { around, hubOf }: HubApiOptions): void {
  api.post<ById>(
    "/twins/:id/methods",
    asks("invokeMethod", "ServiceConnect"),
    async (request, reply) => {
      const call = parseMethodCall(request.body, around.limits);
      const signal = goneSignal(reply);
      const result = await invokeMethod(hubOf(request), request.params.id, call, signal);
      await sendJson(reply, 200, result);
    },
  );
}

/** Aborted when the caller hangs up before the answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}
