import type { DeviceFailure } from "../base/failure.ts";
import type { DeviceLimits } from "./device-limits.ts";
import { retryWaitMs } from "./retry-wait.ts";

export interface HubPatienceOptions {
  readonly limits: DeviceLimits;
  /** False for a device that brought its hub along: it has nowhere else to go. */
  readonly asksDps: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * What a device does when its hub keeps it out: knock again after a wait, ask DPS where it belongs now, or give up.
 * The waits go on growing until a connection serves, also across visits at DPS: one that answers with the same dead hub
 * again and again gets no more attempts than the hub itself. Pure, but for the clock's readings that it is told.
 * Source: Microsoft Learn, "Best practices for large-scale IoT device deployments": exponential back-off while a hub
 * cannot be reached, DPS after a settable time, DPS at once where the hub does not know the device.
 */
export class HubPatience {
  readonly #options: HubPatienceOptions;
  /** Failures in a row; a lost connection is one. */
  #failures = 0;
  /** Assignments since the first of them. */
  #visits = 0;
  #last: { readonly hub: string; readonly failure: DeviceFailure } | undefined;
  #hub = "";
  /** The hub may know the device no more: it was let in before, or DPS was not asked at this boot. */
  #mayBeForgotten = false;
  #wasWelcome = false;
  /** The newest moment at which DPS or the hub itself said that the device belongs there, ms. */
  #confirmedMs = 0;

  constructor(options: HubPatienceOptions) {
    this.#options = options;
  }

  /**
   * The device belongs at `hub`. @param isKept it was there in an earlier life, and DPS was not asked
   * @returns how long it is to wait before it knocks there, ms; 0 = it may at once
   */
  assigned(hub: string, isKept: boolean, nowMs: number): number {
    this.#hub = hub;
    this.#confirmedMs = nowMs;
    this.#mayBeForgotten = isKept || this.#wasWelcome;
    const last = this.#last;
    if (last === undefined) return 0;
    this.#visits += 1;
    // Another hub than the dead one is worth a try at once, but not one hub after the other.
    return last.hub !== hub && this.#visits === 1 ? 0 : this.#wait(last.failure);
  }

  /** A connection has served until now. */
  served(nowMs: number): void {
    this.#wasWelcome = true;
    this.#mayBeForgotten = true;
    this.#confirmedMs = nowMs;
    this.#failures = 0;
    this.#visits = 0;
    this.#last = undefined;
  }

  /** An attempt failed. */
  failed(failure: DeviceFailure, nowMs: number): "giveUp" | "askDps" | "wait" {
    const { asksDps, limits } = this.#options;
    const isUnknown =
      failure.failureClass === "unauthorized" || failure.failureClass === "notFound";
    const asks = asksDps && isUnknown && this.#mayBeForgotten;
    if (!asks && !this.#wasWelcome && !failure.transient) return "giveUp";
    this.#note(failure);
    if (asks) return "askDps";
    return asksDps && nowMs - this.#confirmedMs > limits.reprovisionAfterMs ? "askDps" : "wait";
  }

  /** A connection was lost, or is not to be tried for another reason. @returns the wait before the next attempt, ms */
  waitAfter(failure: DeviceFailure): number {
    if (this.#last?.failure !== failure) this.#note(failure);
    return this.#wait(failure);
  }

  #note(failure: DeviceFailure): void {
    this.#failures += 1;
    this.#last = { hub: this.#hub, failure };
  }

  #wait(failure: DeviceFailure): number {
    const { limits, random } = this.#options;
    return retryWaitMs(limits, failure, this.#failures, random);
  }
}
