import { z } from "zod";
import type { JsonObject } from "../../../base/json.ts";
import type { IotHub } from "../../hub/hub.ts";
import { queryTwin, queryTwins, readTwinQuery } from "../../hub/twins/query-twins.ts";
import type { TwinQuery } from "../../query/twin-query.ts";
import type { ApiScope } from "../api-server.ts";
import { asks } from "../gated-routes.ts";
import type { HubApiOptions } from "./hub-routes.ts";
import type { Page, PageRequest } from "../paging.ts";
import { pageOfShown } from "../paging.ts";
import { pageRequestOf, parseBody, sendPage } from "../replies.ts";

/**
 * `POST /devices/query`, as Registry.createQuery of azure-iothub 1.16 calls it. Pages go by device id, those of groups by
 * what they are grouped by; `x-ms-item-type` says whether the items are whole twins or jobs.
 */
export function queryRoutes(api: ApiScope, { around, hubOf }: HubApiOptions): void {
  api.post(
    "/devices/query",
    asks("queryTwins", "ServiceConnect", "RegistryRead"),
    async (request, reply) => {
      const { query: text } = parseBody(z.object({ query: z.string() }), request.body);
      const hub = hubOf(request);
      const query = readTwinQuery(hub, text);
      const page = pageOfQuery(hub, query, pageRequestOf(request, around.limits));
      await sendPage(reply, page, itemTypeOf(query));
    },
  );
}

function itemTypeOf({ collection, projections }: TwinQuery): "Twin" | "DeviceJob" | "Raw" {
  if (projections !== undefined) return "Raw";
  return collection === "devices" ? "Twin" : "DeviceJob";
}

function pageOfQuery(hub: IotHub, query: TwinQuery, request: PageRequest): Page<JsonObject> {
  const isPlain = query.groupBy === undefined && query.top === undefined;
  if (isPlain && query.collection === "devices")
    return pageOfShown(
      hub.devices.all(),
      (record) => record.deviceId,
      (record) => queryTwin(hub, query, record),
      request,
    );
  return pageOfShown(
    queryTwins(hub, query),
    ({ key }) => key,
    ({ row }) => row,
    request,
  );
}
