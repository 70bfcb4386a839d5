import { defined } from "../../base/defined.ts";
import type { EmulatorTier } from "../../base/hub-tiers.ts";
import { hubLimits, isBasic } from "../../base/hub-tiers.ts";
import type { EmulatorLimits } from "../defaults.ts";
import { ServiceFault } from "../fault.ts";
import type { Guard, Observer, Outcome } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import type { Surroundings } from "../surroundings.ts";
import { chargeOperation } from "./charge-operation.ts";
import { DailyQuota, usedDayCodec } from "./daily-quota.ts";
import type { ThrottleName } from "./hub-costs.ts";
import { costOn, costsOf, forEachThrottle } from "./hub-costs.ts";
import type { ThrottleRate } from "./throttle.ts";
import { Throttle } from "./throttle.ts";
import type { TierOptions } from "./tier-options.ts";

/** What a hub may hold, by its tier unless an option says otherwise. */
type Room = Pick<
  EmulatorLimits,
  "jobsMaxActive" | "devicesMax" | "routingEndpointsMax" | "routesMax"
>;

/** The tier of one hub. */
export interface HubTierSetting extends Pick<TierOptions, "tierLimits"> {
  readonly tier: EmulatorTier;
  readonly units: number;
}

/** Without a quota messages are counted in the blocks of the paid tiers. */
const NO_QUOTA = { messagesPerDay: Infinity, meterBytes: 4_096 };

/**
 * How much one hub lets through: throttles, the daily quota, what its tier has at all. Without a tier nothing is
 * throttled or refused; messages are counted even so.
 */
export class HubThrottling implements Guard, Observer {
  readonly quota: DailyQuota;
  /** Devices on which the hub's jobs begin; what waits there is never refused, and there is one even without a tier. */
  readonly jobDevices: Throttle;
  readonly #around: Surroundings;
  readonly #given: Partial<EmulatorLimits>;
  readonly #throttles: Readonly<Record<ThrottleName, Throttle>>;
  #setting: HubTierSetting;
  #room: Room;

  /**
   * @param options `place`: what the hub's state is kept under; `given`: limits that were set by name, which beat what the
   *   tier says
   */
  constructor(
    around: Surroundings,
    setting: HubTierSetting,
    { place, given }: { readonly place: string; readonly given: Partial<EmulatorLimits> },
  ) {
    this.#around = around;
    this.#given = given;
    this.#setting = setting;
    this.#room = around.limits;
    const kept = around.state.table(`${place}/messages-used`, usedDayCodec);
    this.quota = new DailyQuota(around.clock, NO_QUOTA, kept);
    this.#throttles = forEachThrottle((name) => this.#newThrottle(name, this.#rate(Infinity)));
    this.jobDevices = this.#newThrottle("jobDevicesPerS", this.#jobRate());
    this.set(setting);
  }

  get setting(): HubTierSetting {
    return this.#setting;
  }

  /** What the hub may hold now. */
  get room(): Room {
    return this.#room;
  }

  /** What holds now, and how much of it is used; null is no limit. */
  get state() {
    const { tier, units } = this.#setting;
    const { used, limits } = this.quota;
    return {
      tier,
      units,
      messages: { perDay: finite(limits.messagesPerDay), used, blockBytes: limits.meterBytes },
      throttles: {
        ...forEachThrottle((name) => stateOf(this.#throttles[name])),
        jobDevicesPerS: stateOf(this.jobDevices),
      },
    };
  }

  /** Changes the tier while the hub runs: what waits is timed anew, what was used of the day stays used. */
  set(setting: HubTierSetting): void {
    this.#setting = setting;
    const { tier, units } = setting;
    const limits = tier === "none" ? undefined : hubLimits(tier, units);
    const ofTier = { ...limits, ...defined(setting.tierLimits ?? {}) };
    this.#room = this.#roomOf(limits ?? this.#around.limits);
    this.quota.set({ ...NO_QUOTA, ...ofTier });
    // Of what a basic tier has not, the rate is 0, and nothing comes this far.
    forEachThrottle((name) => this.#throttles[name].set(this.#rate(ofTier[name] || Infinity)));
    this.jobDevices.set(this.#jobRate(limits?.jobDevicesPerS));
  }

  /** @throws {ServiceFault} `notInTier`, `quotaExceeded`, `throttled`, `backlogFull` */
  admit(operation: Operation): Promise<void> | undefined {
    const { tier } = this.#setting;
    if (tier === "none") return undefined;
    const costs = costsOf(operation.kind);
    if (costs === undefined) return undefined;
    if (!costs.isBasic && isBasic(tier))
      throw new ServiceFault("notInTier", `The tier ${tier} does not have this operation.`);
    if (costs.charge !== "free") this.quota.require();
    const { throttle } = costs;
    if (throttle === undefined) return undefined;
    return this.#throttles[throttle].take(costOn(throttle, operation));
  }

  ended(operation: Operation, outcome: Outcome): void {
    chargeOperation(this.quota, operation, outcome);
  }

  /** Refuses what waits, except devices of jobs, which end by themselves, and keeps what was used; safe to call twice. */
  stop(): void {
    this.quota.stop();
    for (const throttle of Object.values(this.#throttles)) throttle.stop();
  }

  #roomOf(limits: Room): Room {
    const given = this.#given;
    return {
      jobsMaxActive: given.jobsMaxActive ?? limits.jobsMaxActive,
      devicesMax: given.devicesMax ?? limits.devicesMax,
      routingEndpointsMax: given.routingEndpointsMax ?? limits.routingEndpointsMax,
      routesMax: given.routesMax ?? limits.routesMax,
    };
  }

  #newThrottle(name: string, rate: ThrottleRate): Throttle {
    const { clock, limits } = this.#around;
    const fullAs = limits.throttleRefusal === "ThrottlingException" ? "throttled" : "backlogFull";
    const why = `More than the hub's tier lets through: ${name}`;
    return new Throttle({
      clock,
      rate,
      full: (retryAfterS) => new ServiceFault(fullAs, `${why}.`, { retryAfterS }),
      late: () => new ServiceFault("backlogTimeout", `${why}; it was lowered.`),
      stopped: () => new ServiceFault("serviceUnavailable", "The emulator stops."),
    });
  }

  #rate(perS: number): ThrottleRate {
    const { throttleBurstS, throttleDelayMaxS } = this.#around.limits;
    return { perS, burstMs: throttleBurstS * 1000, delayMaxMs: throttleDelayMaxS * 1000 };
  }

  /** Jobs have no bursts, and their devices wait as long as it takes. */
  #jobRate(ofTier?: number): ThrottleRate {
    const perS = this.#given.jobDeviceRatePerS ?? (ofTier || this.#around.limits.jobDeviceRatePerS);
    return { perS, burstMs: 1000, delayMaxMs: Infinity };
  }
}

function stateOf({ use }: Throttle) {
  return { ...use, perS: finite(use.perS) };
}

const finite = (limit: number): number | null => (Number.isFinite(limit) ? limit : null);
