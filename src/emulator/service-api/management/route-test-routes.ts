import { z } from "zod";
import type { JsonObject } from "../../../base/json.ts";
import { isJsonObject } from "../../../base/json.ts";
import type { IotHub } from "../../hub/hub.ts";
import { matchingRoutes } from "../../hub/routing/message-router.ts";
import type { RoutedMessage } from "../../hub/routing/routed-message.ts";
import { systemPropertyNamed } from "../../hub/routing/routing-names.ts";
import type { QueryError } from "../../query/query-error.ts";
import type { ApiScope } from "../api-server.ts";
import type { ManagedType } from "./management-routes.ts";
import { readRoute, requireHere } from "./read-routing.ts";
import { parseBody, sendJson } from "../replies.ts";
import { DEVICE_MESSAGES, routeDocument, routeShown } from "./routing-document.ts";

const jsonObject = z.custom<JsonObject>(isJsonObject, "expected an object");
const texts = z.record(z.string(), z.string());

const message = z.strictObject({
  body: z.string().nullish(),
  appProperties: texts.nullish(),
  systemProperties: texts.nullish(),
});

const twin = z.strictObject({
  tags: jsonObject.nullish(),
  properties: z
    .strictObject({ desired: jsonObject.nullish(), reported: jsonObject.nullish() })
    .nullish(),
});

const testNew = z.strictObject({
  route: routeDocument,
  message: message.nullish(),
  twin: twin.nullish(),
});

const testAll = z.strictObject({
  routingSource: z.string().nullish(),
  message: message.nullish(),
  twin: twin.nullish(),
});

/**
 * Tries routes out on a message that is only thought of: a new route, or all that the hub has.
 * Source: Azure/azure-rest-api-specs, Microsoft.Devices iothub.json, IotHubResource_TestRoute and
 * IotHubResource_TestAllRoutes.
 */
export function routeTestRoutes(api: ApiScope, hubs: ManagedType<IotHub>): void {
  const routes = `${hubs.path}/routing/routes`;
  api.post(`${routes}/$testnew`, async (request, reply) => {
    const { around } = hubs.of(request);
    const sent = parseBody(testNew, request.body);
    requireHere({}, [sent.route]);
    const read = readRoute(sent.route, around.limits);
    if ("problem" in read) {
      const compilationErrors = [compilationError(read.problem, sent.route.condition ?? "")];
      return sendJson(reply, 200, { result: "undefined", details: { compilationErrors } });
    }
    const matched = matchingRoutes([{ ...read.route, isEnabled: true }], routedTest(sent));
    const details = { compilationErrors: [] };
    return sendJson(reply, 200, { result: matched.length > 0 ? "true" : "false", details });
  });
  api.post(`${routes}/$testall`, async (request, reply) => {
    const { settings } = hubs.of(request).routing;
    const sent = parseBody(testAll, request.body);
    const isHere = (sent.routingSource ?? DEVICE_MESSAGES) === DEVICE_MESSAGES;
    const matched = isHere ? matchingRoutes(settings.routes, routedTest(sent)) : [];
    const shown = matched.map((route) => ({ properties: routeShown(route) }));
    await sendJson(reply, 200, { routes: shown });
  });
}

/** The message as conditions see it. */
function routedTest(sent: Pick<z.output<typeof testAll>, "message" | "twin">): RoutedMessage {
  const application = new Map<string, string>();
  const system = new Map<string, string>();
  for (const [name, value] of Object.entries(sent.message?.appProperties ?? {}))
    application.set(name.toLowerCase(), value);
  for (const [name, value] of Object.entries(sent.message?.systemProperties ?? {})) {
    const property = systemPropertyNamed(name);
    if (property !== undefined) system.set(property, value);
  }
  return {
    application: (name) => application.get(name),
    system: (name) => system.get(name),
    body: Buffer.from(sent.message?.body ?? ""),
    twin: () => ({
      tags: sent.twin?.tags ?? {},
      properties: {
        desired: sent.twin?.properties?.desired ?? {},
        reported: sent.twin?.properties?.reported ?? {},
      },
    }),
  };
}

/** Lines and columns count from 1. */
function compilationError({ problem, offset }: QueryError, condition: string): unknown {
  const lines = condition.slice(0, offset).split("\n");
  const place = { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
  return { message: problem, severity: "error", location: { start: place, end: place } };
}
