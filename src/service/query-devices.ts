import { z } from "zod";

import type { JsonObject } from "../base/json.ts";
import type { PacedHub } from "./paced-hub.ts";
import { queryPages } from "./query-pages.ts";
import { serviceCall } from "./service-call.ts";

/** The most rows that a hub gives in one page. */
const PAGE_SIZE = 1_000;

const rows = z.array(z.record(z.string(), z.json()));

/**
 * The rows of a hub query, page by page: thousands of devices, where listing the registry ends at one thousand.
 *
 * @param sql in the hub's query language
 * @throws {FleetError} `REFUSED` with the hub's words for a query that it cannot read, or `UNREACHABLE`
 */
export async function* queryDevices(
  { registry, host, pace }: Pick<PacedHub, "registry" | "host" | "pace">,
  sql: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly JsonObject[]> {
  const query = registry.createQuery(sql, PAGE_SIZE);
  const what = `querying the devices of ${host}`;
  const call = (work: () => Promise<unknown>): Promise<unknown> =>
    pace("queries").run(() => serviceCall({ what, signal }, work), { signal });
  for await (const page of queryPages(query, call)) yield rows.parse(page);
}
