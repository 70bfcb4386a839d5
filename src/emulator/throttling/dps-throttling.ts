import { DPS_LIMITS } from "../../base/azure-limits.ts";
import { ServiceFault } from "../fault.ts";
import type { Guard } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import type { OPERATIONS, OperationKind } from "../../base/service-operations.ts";
import type { Surroundings } from "../surroundings.ts";
import { PollWindows } from "./poll-windows.ts";
import { SlidingWindow } from "./sliding-window.ts";

/** What can be asked of DPS. */
type DpsOperation = {
  [K in OperationKind]: (typeof OPERATIONS)[K]["service"] extends "dps" ? K : never;
}[OperationKind];

/**
 * Sources: Microsoft Learn, "Azure IoT Hub Device Provisioning Service limits"; that a look-up counts as a registration:
 * "How to reprovision devices".
 */
const COUNTED: Readonly<Record<DpsOperation, "registration" | "poll" | "service" | "free">> = {
  connectToDps: "free",
  registerDevice: "registration",
  lookUpRegistration: "registration",
  pollRegistration: "poll",
  readEnrollment: "service",
  writeEnrollment: "service",
  deleteEnrollment: "service",
  queryEnrollments: "service",
  readRegistration: "service",
  deleteRegistration: "service",
  queryRegistrations: "service",
};

const BY_KIND: Readonly<Partial<Record<OperationKind, (typeof COUNTED)[DpsOperation]>>> = COUNTED;

/** What a DPS instance is limited to. */
export interface DpsThrottleSetting {
  /** Whether the limits of polls and service calls hold, and Azure's of registrations. */
  readonly hasTier: boolean;
  /** In place of Azure's, also without a tier; null: none at all. */
  readonly registrationsPerMinute: number | null | undefined;
}

/**
 * How much a DPS instance lets through: what is above its limits is refused by 429, with the time until there is room.
 * Attempts count whether they succeed or not, except those that are refused here.
 */
export class DpsThrottling implements Guard {
  readonly #around: Surroundings;
  readonly #registrations: SlidingWindow;
  readonly #serviceOperations: SlidingWindow;
  readonly #polls = new PollWindows();
  #setting: DpsThrottleSetting;
  #refused = 0;

  constructor(around: Surroundings, setting: DpsThrottleSetting) {
    this.#around = around;
    this.#registrations = new SlidingWindow(around.limits.dpsWindowMs);
    this.#serviceOperations = new SlidingWindow(around.limits.dpsWindowMs);
    this.#setting = setting;
  }

  get setting(): DpsThrottleSetting {
    return this.#setting;
  }

  /** What holds now, and how much of it is used; null is no limit. */
  get state() {
    const nowMs = this.#around.clock();
    const { limits } = this.#around;
    const { hasTier } = this.#setting;
    return {
      registrationsPerMinute: this.#registrationsPerMinute ?? null,
      registrations: this.#registrations.used(nowMs),
      serviceOperationsPerMinute: hasTier ? limits.dpsServiceOperationsPerMinute : null,
      serviceOperations: this.#serviceOperations.used(nowMs),
      pollsPer10S: hasTier ? limits.dpsPollsPer10S : null,
      windowS: limits.dpsWindowMs / 1_000,
      refused: this.#refused,
    };
  }

  /** Changes the limits; what was counted stays counted. */
  set(setting: DpsThrottleSetting): void {
    this.#setting = setting;
  }

  /** @throws {ServiceFault} `throttled`, with the time until there is room */
  admit(operation: Operation): undefined {
    const waitMs = this.#waitMs(operation);
    if (waitMs === 0) return;
    this.#refused += 1;
    const least = this.#around.limits.retryAfterS;
    const retryAfterS = Math.max(least, Math.ceil(waitMs / 1000));
    throw new ServiceFault("throttled", "Too many requests.", { retryAfterS });
  }

  #waitMs({ kind, deviceId = "", count }: Operation): number {
    const { clock, limits } = this.#around;
    const { hasTier } = this.#setting;
    const counted = BY_KIND[kind] ?? "free";
    switch (counted) {
      case "registration": {
        const limit = this.#registrationsPerMinute;
        return limit === undefined ? 0 : this.#registrations.take(count, limit, clock());
      }
      case "service":
        return hasTier
          ? this.#serviceOperations.take(count, limits.dpsServiceOperationsPerMinute, clock())
          : 0;
      case "poll":
        return hasTier ? this.#polls.take(deviceId, limits.dpsPollsPer10S, clock()) : 0;
      case "free":
        return 0;
      default:
        return counted satisfies never;
    }
  }

  get #registrationsPerMinute(): number | undefined {
    const { hasTier, registrationsPerMinute } = this.#setting;
    if (registrationsPerMinute === undefined)
      return hasTier ? DPS_LIMITS.registrationsPerMinute : undefined;
    return registrationsPerMinute ?? undefined;
  }
}
