import type { FastifyReply, FastifyRequest } from "fastify";
import { ServiceFault } from "../fault.ts";
import { deleteDevice } from "../hub/delete-device.ts";
import { deviceDocument, twinDocument } from "../hub/documents.ts";
import type { IotHub } from "../hub/hub.ts";
import { invokeMethod } from "../hub/invoke-method.ts";
import { updateTwin } from "../hub/update-twin.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ApiScope } from "./api-server.ts";
import { needs } from "./authorization.ts";
import { commandRoutes } from "./command-routes.ts";
import { parseDevice, parseMethodCall, parseTwinPatch } from "./hub-documents.ts";
import { queryRoutes } from "./query-routes.ts";
import { headerOf, sendJson } from "./replies.ts";

interface ById {
  readonly Params: { readonly id: string };
}

export interface HubApiOptions {
  readonly around: Surroundings;
  /** The hub that the request's host name means. @throws {ServiceFault} `hubNotFound` */
  readonly hubOf: (request: FastifyRequest) => IotHub;
}

/** `GET /devices` gives no more (azure-iothub 1.16, Registry.list). */
const LIST_MAX = 1000;

/** The service API of the hubs; paths and methods as azure-iothub 1.16 calls them. */
export function hubRoutes(api: ApiScope, options: HubApiOptions): void {
  const { around, hubOf } = options;
  queryRoutes(api, options);
  api.get<ById>("/twins/:id", needs("ServiceConnect"), async (request, reply) => {
    const hub = hubOf(request);
    await sendJson(reply, 200, twinDocument(hub, hub.devices.get(request.params.id)));
  });
  api.patch<ById>("/twins/:id", needs("ServiceConnect"), async (request, reply) => {
    const patch = parseTwinPatch(request.body);
    const ifMatch = headerOf(request, "if-match");
    const hub = hubOf(request);
    const record = updateTwin(hub, request.params.id, patch, ifMatch);
    await sendJson(reply, 200, twinDocument(hub, record));
  });
  api.post<ById>("/twins/:id/methods", needs("ServiceConnect"), async (request, reply) => {
    const call = parseMethodCall(request.body, around.limits);
    const signal = goneSignal(reply);
    const result = await invokeMethod(hubOf(request), request.params.id, call, signal);
    await sendJson(reply, 200, result);
  });
  api.get("/devices", needs("RegistryRead"), async (request, reply) => {
    const hub = hubOf(request);
    const records = [...hub.devices.all()].slice(0, LIST_MAX);
    await sendJson(
      reply,
      200,
      records.map((record) => deviceDocument(hub, record)),
    );
  });
  api.get<ById>("/devices/:id", needs("RegistryRead"), async (request, reply) => {
    const hub = hubOf(request);
    await sendJson(reply, 200, deviceDocument(hub, hub.devices.get(request.params.id)));
  });
  api.put<ById>("/devices/:id", needs("RegistryWrite"), async (request, reply) => {
    const hub = hubOf(request);
    const { id } = request.params;
    const update = parseDevice(id, request.body);
    const ifMatch = headerOf(request, "if-match");
    // Without If-Match a PUT creates; what exists is not overwritten.
    if (ifMatch === undefined && hub.devices.find(id) !== undefined)
      throw new ServiceFault("deviceExists", `Device ${id} already registered.`);
    await sendJson(reply, 200, deviceDocument(hub, hub.devices.put(id, update, ifMatch)));
  });
  api.delete<ById>("/devices/:id", needs("RegistryWrite"), async (request, reply) => {
    deleteDevice(hubOf(request), request.params.id, headerOf(request, "if-match"));
    await reply.code(204).send();
  });
  api.get("/statistics/devices", needs("RegistryRead"), async (request, reply) => {
    const { devices } = hubOf(request);
    const enabled = [...devices.all()].filter((record) => record.enabled).length;
    await sendJson(reply, 200, {
      totalDeviceCount: devices.size,
      enabledDeviceCount: enabled,
      disabledDeviceCount: devices.size - enabled,
    });
  });
  api.get("/statistics/service", needs("RegistryRead"), async (request, reply) => {
    await sendJson(reply, 200, { connectedDeviceCount: hubOf(request).connections.count });
  });
  commandRoutes(api, hubOf);
  for (const [method, url] of NOT_BUILT)
    api.route({
      method,
      url,
      ...needs("RegistryRead", "RegistryWrite", "ServiceConnect"),
      handler: () => {
        throw new ServiceFault("notImplemented", "Known in Azure, not in this emulator.");
      },
    });
}

/** Aborted when the caller hangs up before the answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  return gone.signal;
}

const NOT_BUILT = [
  ["POST", "/devices"],
  ["PUT", "/twins/:id"],
  ["GET", "/devices/:id/modules"],
  ["PUT", "/devices/:id/modules/:module"],
  ["GET", "/devices/:id/modules/:module"],
  ["DELETE", "/devices/:id/modules/:module"],
  ["POST", "/devices/:id/applyConfigurationContent"],
  ["GET", "/twins/:id/modules/:module"],
  ["PATCH", "/twins/:id/modules/:module"],
  ["POST", "/twins/:id/modules/:module/methods"],
  ["POST", "/jobs/create"],
  ["GET", "/jobs"],
  ["GET", "/jobs/:id"],
  ["DELETE", "/jobs/:id"],
  ["PUT", "/jobs/v2/:id"],
  ["GET", "/jobs/v2/:id"],
  ["POST", "/jobs/v2/:id/cancel"],
  ["GET", "/jobs/v2/query"],
  ["GET", "/configurations"],
  ["GET", "/configurations/:id"],
  ["PUT", "/configurations/:id"],
  ["DELETE", "/configurations/:id"],
] as const;
