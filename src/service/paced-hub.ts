import { FleetError } from "../base/errors.ts";
import type { OpenHubClient } from "./hub-client.ts";
import { openHubClient } from "./hub-client.ts";
import type { HubCallKind, HubRates } from "./hub-rates.ts";
import type { Pace } from "./pace.ts";
import { openPace } from "./pace.ts";
import type { ServiceAccess } from "./service-access.ts";

/** A hub with a pace for each kind of call, which all who call it share. */
export interface PacedHub extends OpenHubClient {
  /** @throws {FleetError} `USAGE` where the hub's tier has no such calls */
  pace(kind: HubCallKind): Pace;
}

const KIND_NAMES: Readonly<Record<HubCallKind, string>> = {
  registry: "identity operations",
  queries: "queries",
  twinReads: "device twins",
  twinUpdates: "device twins",
  methods: "direct methods",
  commands: "cloud-to-device messages",
};

/** @throws {FleetError} `USAGE` when the connection string is none of a hub */
export async function openPacedHub(access: ServiceAccess, rates: HubRates): Promise<PacedHub> {
  const hub = await openHubClient(access);
  const paces = new Map<HubCallKind, Pace>();
  return {
    ...hub,
    pace: (kind) => {
      const perS = rates[kind];
      if (perS <= 0)
        throw new FleetError("USAGE", `${hub.host}: its tier has no ${KIND_NAMES[kind]}`, {
          hint: "basic tiers have none; check --tier, or use a standard tier",
        });
      const pace = paces.get(kind) ?? openPace({ perS });
      paces.set(kind, pace);
      return pace;
    },
  };
}
