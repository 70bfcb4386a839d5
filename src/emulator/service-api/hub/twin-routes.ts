import { twinDocument } from "../../hub/documents.ts";
import { replaceTwinSections, updateTwin } from "../../hub/twins/update-twin.ts";
import type { ApiScope } from "../api-server.ts";
import { asks } from "../gated-routes.ts";
import type { HubApiOptions } from "./hub-routes.ts";
import { headerOf, sendJson } from "../replies.ts";
import { parseTwin } from "./twin-body.ts";

interface ById {
  readonly Params: { readonly id: string };
}

/** Device twins, as services see and write them. */
export function twinRoutes(api: ApiScope, { hubOf }: HubApiOptions): void {
  api.get<ById>("/twins/:id", asks("readTwin", "ServiceConnect"), async (request, reply) => {
    const hub = hubOf(request);
    await sendJson(reply, 200, twinDocument(hub, hub.devices.get(request.params.id)));
  });
  for (const [method, change] of [
    ["PATCH", updateTwin],
    ["PUT", replaceTwinSections],
  ] as const)
    api.route<ById>({
      method,
      url: "/twins/:id",
      ...asks("updateTwin", "ServiceConnect"),
      handler: async (request, reply) => {
        const hub = hubOf(request);
        const sections = parseTwin(request.body);
        const record = change(hub, request.params.id, sections, headerOf(request, "if-match"));
        await sendJson(reply, 200, twinDocument(hub, record));
      },
    });
}
