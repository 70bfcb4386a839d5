import { FleetError } from "../base/errors.ts";
import type { Aggregate } from "../metrics/aggregate.ts";
import type { DeviceAt } from "../service/find-devices.ts";
import { emulatedRates, tierRates } from "../service/hub-rates.ts";
import type { PacedHub } from "../service/paced-hub.ts";
import { openPacedHub } from "../service/paced-hub.ts";
import { hostOf } from "../service/service-access.ts";
import type { Target } from "./target.ts";

/** The service side of the hubs that a run's devices are at; all that the run asks of one hub shares its paces. */
export interface FleetHubs {
  /** Those that service access is at hand for, once they are open. */
  readonly hubs: readonly PacedHub[];
  /**
   * Where a device is now.
   *
   * @throws {FleetError} `REFUSED` where it is not assigned yet, `USAGE` where its hub cannot be asked
   */
  placeOf(registrationId: string): DeviceAt;
  /**
   * Opens them where they are not yet: somebody asks for something that the plan did not. Safe to call twice.
   *
   * @throws {FleetError} as `openFleetHubs`
   */
  open(): Promise<void>;
  /** Closes idle connections; safe to call twice. */
  close(): void;
}

/** What a hub of Azure is taken to let through: the least that a standard tier has. */
const ASSUMED_AZURE = tierRates("S1", 1);

/**
 * Opens all hubs that service access is at hand for, if they are `needed`.
 *
 * @throws {FleetError} `USAGE` when a connection string is none of a hub; what keeps an emulator from telling its limits
 */
export async function openFleetHubs(
  target: Pick<Target, "hubs" | "throttling">,
  aggregate: Pick<Aggregate, "row">,
  needed: boolean,
  signal?: AbortSignal,
): Promise<FleetHubs> {
  const hubs: PacedHub[] = [];
  const byHost = new Map<string, PacedHub>();
  const openAll = async (): Promise<void> => {
    const state = await target.throttling?.(signal);
    for (const access of target.hubs) {
      const host = hostOf(access, "hub");
      if (byHost.has(host.toLowerCase())) continue;
      const rates = state === undefined ? ASSUMED_AZURE : emulatedRates(state, host);
      const hub = await openPacedHub(access, rates);
      hubs.push(hub);
      byHost.set(hub.host.toLowerCase(), hub);
    }
  };
  let opening: Promise<void> | undefined;
  const open = async (): Promise<void> => {
    opening ??= openAll();
    try {
      await opening;
    } catch (error) {
      // Whoever asks next may be luckier.
      opening = undefined;
      throw error;
    }
  };
  if (needed) await open();
  return {
    hubs,
    open,
    placeOf: (registrationId) => {
      const row = aggregate.row(registrationId);
      if (row === undefined || row.hub === "") {
        throw new FleetError("REFUSED", `${registrationId} is not assigned to a hub yet`);
      }
      const hub = byHost.get(row.hub.toLowerCase());
      if (hub === undefined) {
        throw new FleetError("USAGE", `no connection string for ${row.hub} is at hand`);
      }
      return { deviceId: row.deviceId, hub };
    },
    close: () => {
      for (const hub of hubs) hub.close();
    },
  };
}
