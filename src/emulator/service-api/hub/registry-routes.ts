import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { updateRegistry } from "../../hub/registry/bulk-registry.ts";
import { createDevice } from "../../hub/registry/create-device.ts";
import { deleteDevice } from "../../hub/registry/delete-device.ts";
import { deviceDocument } from "../../hub/documents.ts";
import { updateDevice } from "../../hub/registry/update-device.ts";
import type { ApiScope } from "../api-server.ts";
import { asks, asksForEach, asksVariant } from "../gated-routes.ts";
import { parseRegistryItems, registryResult } from "./bulk-registry-body.ts";
import { parseDevice } from "./device-body.ts";
import type { HubApiOptions } from "./hub-routes.ts";
import { headerOf, parseBody, sendJson, sendNothing } from "../replies.ts";

interface ById {
  readonly Params: { readonly id: string };
}

/** `GET /devices` gives no more; any other number counts as this (IoT Hub REST API, "Get Devices", `top`). */
const LIST_MAX = 1000;
const listQuery = z.object({
  top: z.coerce
    .number()
    .refine(Number.isInteger, "expected an integer")
    .default(LIST_MAX)
    .transform((top) => (top >= 1 && top <= LIST_MAX ? top : LIST_MAX)),
});

/** Room for a hundred devices with the largest twins that there are. */
const BULK_MAX_BYTES = 8 * 1024 * 1024;

/** The identity registry of the hubs and its statistics. */
export function registryRoutes(api: ApiScope, { hubOf }: HubApiOptions): void {
  api.get("/devices", asks("readIdentity", "RegistryRead"), async (request, reply) => {
    const { top } = parseBody(listQuery, request.query);
    const hub = hubOf(request);
    const records = [...hub.devices.all()].slice(0, top);
    await sendJson(
      reply,
      200,
      records.map((record) => deviceDocument(hub, record)),
    );
  });
  api.get<ById>("/devices/:id", asks("readIdentity", "RegistryRead"), async (request, reply) => {
    const hub = hubOf(request);
    await sendJson(reply, 200, deviceDocument(hub, hub.devices.get(request.params.id)));
  });
  api.put<ById>(
    "/devices/:id",
    asksVariant(
      (request) => (ifMatchOf(request) === undefined ? "create" : "update"),
      "writeIdentity",
      "RegistryWrite",
    ),
    async (request, reply) => {
      const hub = hubOf(request);
      const { id } = request.params;
      const settings = parseDevice(id, request.body);
      const ifMatch = ifMatchOf(request);
      const record =
        ifMatch === undefined
          ? createDevice(hub, id, settings)
          : updateDevice(hub, id, settings, ifMatch);
      await sendJson(reply, 200, deviceDocument(hub, record));
    },
  );
  api.delete<ById>(
    "/devices/:id",
    asksVariant("delete", "writeIdentity", "RegistryWrite"),
    async (request, reply) => {
      deleteDevice(hubOf(request), request.params.id, headerOf(request, "if-match"));
      await sendNothing(reply);
    },
  );
  api.post(
    "/devices",
    { ...asksForEach("writeIdentity", "RegistryWrite"), bodyLimit: BULK_MAX_BYTES },
    async (request, reply) => {
      const errors = updateRegistry(hubOf(request), parseRegistryItems(request.body));
      // The C# client reads the result of a call that failed in parts, by this header.
      if (errors.length > 0) reply.header("iothub-errorcode", "BulkRegistryOperationFailure");
      await sendJson(reply, errors.length === 0 ? 200 : 400, registryResult(errors));
    },
  );
  api.get("/statistics/devices", asks("readIdentity", "RegistryRead"), async (request, reply) => {
    const { devices } = hubOf(request);
    const enabled = [...devices.all()].filter((record) => record.enabled).length;
    await sendJson(reply, 200, {
      totalDeviceCount: devices.size,
      enabledDeviceCount: enabled,
      disabledDeviceCount: devices.size - enabled,
    });
  });
  api.get("/statistics/service", asks("readIdentity", "RegistryRead"), async (request, reply) => {
    await sendJson(reply, 200, { connectedDeviceCount: hubOf(request).connections.count });
  });
}

/** Without it, and with an empty one, a PUT creates; what exists is not overwritten. */
function ifMatchOf(request: FastifyRequest): string | undefined {
  return headerOf(request, "if-match") || undefined;
}
