import type { DeviceEvent } from "../../metrics/device-event.ts";

/** How far the arrival of a fleet is. */
export interface ArrivalState {
  /** Devices whose moment has come, or is so near that nobody takes it back. */
  readonly started: number;
  readonly total: number;
  readonly isPaused: boolean;
  /** Devices a second at which the rest start; null = each at its time in the plan. */
  readonly ratePerS: number | null;
}

/** The arrival of a running fleet, in the hands of whoever steers it. Whatever it changes counts for the devices to come. */
export interface SteeredArrival {
  readonly state: ArrivalState;
  /** No device starts until `resume()`; safe to call twice. */
  pause(): void;
  /** The rest start as late as the pause was long, so that it is no latency of theirs; safe to call twice. */
  resume(): void;
  /** The rest start evenly at so many devices a second, > 0, in place of what the scenario says. */
  setRate(perS: number): void;
  /** Takes what a device tells; in any order of devices. */
  observe(event: DeviceEvent): void;
  /** Starts no more devices; safe to call twice. */
  stop(): void;
}
