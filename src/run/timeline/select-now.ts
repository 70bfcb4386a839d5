import type { Aggregate } from "../../metrics/aggregate.ts";
import type { AskedDevices, PlannedSelection } from "../../plan/select-devices.ts";
import { takeAmount } from "../../plan/select-devices.ts";
import { devicesByQuery } from "../../service/find-devices.ts";
import type { FleetHubs } from "../fleet-hubs.ts";

/**
 * The devices of a selection, as they are now: those that the plan knows, then those that are at a hub or that a query
 * finds. A device that several parts pick is picked once.
 *
 * @throws {FleetError} what keeps a hub from answering a query; `USAGE` where its rows are no devices
 */
export async function selectNow(
  { ids, asked }: PlannedSelection,
  from: {
    readonly aggregate: Pick<Aggregate, "row">;
    readonly hubs: Pick<FleetHubs, "hubs">;
    readonly seed: number;
  },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const picked = new Set(ids);
  for (const part of asked) {
    const fitting = await fittingDevices(part, from, signal);
    for (const id of takeAmount(fitting, part.amount, from.seed)) picked.add(id);
  }
  return [...picked];
}

async function fittingDevices(
  { among, hub, query }: AskedDevices,
  { aggregate, hubs }: Parameters<typeof selectNow>[1],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const wanted = hub?.toLowerCase();
  const atHub = among.filter((id) => {
    const row = aggregate.row(id);
    return row !== undefined && (wanted === undefined || row.hub.toLowerCase() === wanted);
  });
  if (query === undefined) return atHub;
  const found = await devicesByQuery(hubs.hubs, query, signal);
  const places = new Set(found.map((at) => placeKey(at.hub.host, at.deviceId)));
  return atHub.filter((id) => {
    const row = aggregate.row(id);
    return row !== undefined && places.has(placeKey(row.hub, row.deviceId));
  });
}

const placeKey = (hub: string, deviceId: string): string =>
  JSON.stringify([hub.toLowerCase(), deviceId]);
