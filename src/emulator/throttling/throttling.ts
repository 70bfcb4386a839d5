import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import { DpsThrottling } from "./dps-throttling.ts";
import { HubThrottling } from "./hub-throttling.ts";
import type { TierChange } from "./tier-change.ts";
import type { TierOptions } from "./tier-options.ts";

/** How much DPS and each hub let through. */
export class Throttling {
  readonly dps: DpsThrottling;
  readonly #hubs: ReadonlyMap<string, HubThrottling>;

  /**
   * @param hubs by their host names, in lower case: what the state of each is kept under
   * @param options what they begin with; limits among them beat what the tier says
   */
  constructor(
    around: Surroundings,
    hubs: ReadonlyMap<string, string>,
    options: TierOptions & Partial<EmulatorLimits>,
  ) {
    const { tier = "none", units = 1, tierLimits, dpsRegistrationsPerMinute } = options;
    this.dps = new DpsThrottling(around, {
      hasTier: tier !== "none",
      registrationsPerMinute: dpsRegistrationsPerMinute,
    });
    this.#hubs = new Map(
      [...hubs].map(([hostName, place]) => [
        hostName,
        new HubThrottling(around, { tier, units, tierLimits }, { place, given: options }),
      ]),
    );
  }

  /** @throws {ServiceFault} `hubNotFound` */
  hub(hostName: string): HubThrottling {
    const hub = this.#hubs.get(hostName.toLowerCase());
    if (hub === undefined) throw new ServiceFault("hubNotFound", `There is no hub ${hostName}.`);
    return hub;
  }

  /**
   * Changes what holds, while all runs.
   *
   * @throws {ServiceFault} `hubNotFound`; nothing is changed then
   */
  set({ tier, units = 1, tierLimits, hub, dpsRegistrationsPerMinute }: TierChange): void {
    const chosen = hub === undefined ? [...this.#hubs.values()] : [this.hub(hub)];
    if (tier !== undefined) for (const one of chosen) one.set({ tier, units, tierLimits });
    const { hasTier, registrationsPerMinute } = this.dps.setting;
    const isForAll = tier !== undefined && hub === undefined;
    this.dps.set({
      hasTier: isForAll ? tier !== "none" : hasTier,
      registrationsPerMinute:
        dpsRegistrationsPerMinute === undefined
          ? registrationsPerMinute
          : dpsRegistrationsPerMinute,
    });
  }

  /** What holds now, and how much of it is used. */
  get state() {
    const hubs = [...this.#hubs].map(([hostName, hub]) => [hostName, hub.state] as const);
    return { hubs: Object.fromEntries(hubs), dps: this.dps.state };
  }

  /** Refuses what waits; safe to call twice. */
  stop(): void {
    for (const hub of this.#hubs.values()) hub.stop();
  }
}

export type ThrottlingState = Throttling["state"];
