import type { DeviceSpec } from "../../plan/plan.ts";
import type { DeviceStart } from "../../worker/protocol.ts";
import { StartSchedule } from "./start-schedule.ts";
import type { ArrivalState, SteeredArrival } from "./steered-arrival.ts";

/** Between two looks at who is due, in ms; devices are told so long before. */
const LOOK_MS = 250;

export interface PlannedArrivalOptions {
  /** Each with its time, in any order. */
  readonly devices: readonly Pick<DeviceSpec, "registrationId" | "startMs">[];
  /** ms after time 0, not falling. */
  readonly clock: () => number;
  /** Whether a device is still to start: it was not stopped before its time. */
  readonly isToStart: (registrationId: string) => boolean;
  /** Takes back when devices are due. */
  readonly hold: (registrationIds: readonly string[]) => void;
  /** Lets devices start when they are due. */
  readonly start: (starts: readonly DeviceStart[]) => void;
}

/**
 * An arrival whose devices know their times and start by themselves. Once somebody steers it, the devices to come are
 * held, and started from here.
 */
export class PlannedArrival implements SteeredArrival {
  readonly #options: PlannedArrivalOptions;
  readonly #planned: readonly DeviceStart[];
  #schedule: StartSchedule | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: PlannedArrivalOptions) {
    this.#options = options;
    this.#planned = options.devices
      .map(({ registrationId, startMs }) => ({ registrationId, dueMs: startMs ?? 0 }))
      .toSorted((a, b) => a.dueMs - b.dueMs);
  }

  get state(): ArrivalState {
    const schedule = this.#schedule;
    const left = schedule === undefined ? this.#rest().length : schedule.left;
    return {
      started: this.#planned.length - left,
      total: this.#planned.length,
      isPaused: schedule?.isPaused ?? false,
      ratePerS: schedule?.ratePerS ?? null,
    };
  }

  pause(): void {
    this.#taken().pause(this.#options.clock());
  }

  resume(): void {
    const schedule = this.#schedule;
    if (schedule?.isPaused !== true) return;
    schedule.resume(this.#options.clock());
    this.#startDue(schedule);
  }

  setRate(perS: number): void {
    const schedule = this.#taken();
    schedule.setRate(perS, this.#options.clock());
    this.#startDue(schedule);
  }

  /** What devices tell changes nothing of their times. */
  observe(): void {}

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Who is not due yet. */
  #rest(): readonly DeviceStart[] {
    const nowMs = this.#options.clock();
    return this.#planned.filter(({ dueMs }) => dueMs > nowMs);
  }

  /** Devices that start while they are being held have started: the moment that they get later does not count. */
  #taken(): StartSchedule {
    if (this.#schedule !== undefined) return this.#schedule;
    const rest = this.#rest();
    const schedule = new StartSchedule(rest);
    this.#schedule = schedule;
    this.#options.hold(rest.map(({ registrationId }) => registrationId));
    this.#timer = setInterval(() => this.#startDue(schedule), LOOK_MS);
    return schedule;
  }

  #startDue(schedule: StartSchedule): void {
    const { clock, isToStart, start } = this.#options;
    const due = schedule.take(clock() + LOOK_MS);
    const starts = due.filter(({ registrationId }) => isToStart(registrationId));
    if (starts.length > 0) start(starts);
    if (schedule.left === 0) this.stop();
  }
}
