import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { ArrivalEvent } from "../../output/output.ts";
import type { AdaptiveArrival, DeviceSpec, Plan } from "../../plan/plan.ts";
import type { Supervisor } from "../../supervisor/supervisor.ts";
import type { DeviceStart } from "../../worker/protocol.ts";
import { PlannedArrival } from "./planned-arrival.ts";
import type { Course } from "./adaptive-rate.ts";
import { AdaptiveRate } from "./adaptive-rate.ts";
import { StartRecord } from "./start-record.ts";
import type { ArrivalState, SteeredArrival } from "./steered-arrival.ts";

/** Between two looks at what the services answered, in ms; devices are told so long before they are due. */
export const LOOK_MS = 250;
/** A change of the rate by less than this part is not told by itself. */
const TOLD_PART = 0.05;

export interface ArrivalDriverOptions {
  /** Those to start, in this order. */
  readonly devices: readonly Pick<DeviceSpec, "registrationId" | "hub">[];
  readonly arrival: AdaptiveArrival;
  /** ms after time 0, not falling. */
  readonly clock: () => number;
  /** Whether the device is still to start: it was not stopped before its time. */
  readonly isToStart: (registrationId: string) => boolean;
  /** Whether a worker has the device, or will have it again. */
  readonly isHosted: (registrationId: string) => boolean;
  /** Lets devices start when they are due. */
  readonly start: (starts: readonly DeviceStart[]) => void;
  readonly emit: (event: ArrivalEvent) => void;
  /** The first device that is to start is due then, ms after time 0: where a run goes on; default 0. */
  readonly fromMs?: number | undefined;
}

/**
 * Starts the devices of a fleet at the rate that their services turn out to take. A device gets its moment shortly
 * before, and its latency counts from there; moments that this process slept through are past when they are told.
 */
export class ArrivalDriver implements SteeredArrival {
  readonly #options: ArrivalDriverOptions;
  readonly #record = new StartRecord();
  readonly #rate: AdaptiveRate;
  #started = 0;
  /** The next device is due then, unless it has to wait. */
  #nextDueMs: number;
  #ratePerS = 0;
  #toldPerS = 0;
  /** The rate that somebody asked for: services are not asked any more. */
  #askedPerS: number | undefined;
  #isPaused = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ArrivalDriverOptions) {
    this.#options = options;
    this.#nextDueMs = options.fromMs ?? 0;
    this.#rate = new AdaptiveRate(options.arrival, this.#record);
  }

  /** Starts devices from now on until all are, or `stop()`. */
  start(): void {
    this.look();
    this.#timer ??= setInterval(() => this.look(), LOOK_MS);
    if (this.#isComplete) this.stop();
  }

  observe(event: DeviceEvent): void {
    if (!this.#isComplete) this.#record.observe(event);
  }

  get state(): ArrivalState {
    return {
      started: this.#started,
      total: this.#options.devices.length,
      isPaused: this.#isPaused,
      ratePerS: this.#ratePerS,
    };
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#nextDueMs = Math.max(this.#nextDueMs, this.#options.clock());
    this.look();
  }

  setRate(perS: number): void {
    this.#askedPerS = perS;
    this.#nextDueMs = Math.min(this.#nextDueMs, this.#options.clock() + 1_000 / perS);
    if (!this.#isPaused) this.look();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Looks at what was told, and starts what is due until the next look. */
  look(): void {
    if (this.#isComplete) return;
    if (this.#isPaused) {
      this.#rate.keptBack(LOOK_MS);
      return;
    }
    const nowMs = this.#options.clock();
    this.#record.forget(this.#options.isHosted);
    const course = this.#course(nowMs);
    const { ratePerS, room } = course;
    this.#tell(nowMs, course);
    const untilMs = nowMs + LOOK_MS;
    const starts: DeviceStart[] = [];
    this.#passOver();
    while (this.#nextDueMs < untilMs && starts.length < room && !this.#isComplete) {
      starts.push(this.#startNext());
      this.#nextDueMs += 1_000 / ratePerS;
      this.#passOver();
    }
    if (this.#nextDueMs < untilMs && !this.#isComplete) {
      // Who is kept back has no moment in the past to catch up with.
      this.#nextDueMs = untilMs;
      this.#rate.keptBack(LOOK_MS);
    }
    if (starts.length > 0) this.#options.start(starts);
    if (!this.#isComplete) return;
    this.#emit(nowMs, ratePerS, "complete");
    this.stop();
  }

  #course(nowMs: number): Omit<Course, "reason"> & Pick<ArrivalEvent, "reason"> {
    const perS = this.#askedPerS;
    if (perS === undefined) return this.#rate.look(nowMs);
    return { ratePerS: perS, room: Infinity, reason: "asked" };
  }

  get #isComplete(): boolean {
    return this.#started >= this.#options.devices.length;
  }

  /** Devices that were stopped before their time count as started, and take nobody's. */
  #passOver(): void {
    const { devices, isToStart } = this.#options;
    for (let next = devices[this.#started]; next !== undefined; next = devices[this.#started]) {
      if (isToStart(next.registrationId)) return;
      this.#started += 1;
    }
  }

  #startNext(): DeviceStart {
    const device = this.#options.devices[this.#started];
    if (device === undefined) throw new RangeError("all devices are started");
    const { registrationId, hub } = device;
    const dueMs = this.#nextDueMs;
    this.#started += 1;
    this.#record.started(registrationId, dueMs, hub === undefined ? "assigned" : "streaming");
    return { registrationId, dueMs };
  }

  /** Tells push-backs, and other changes of the rate when they have come to something. */
  #tell(nowMs: number, { ratePerS, reason }: Pick<ArrivalEvent, "ratePerS" | "reason">): void {
    const beforePerS = this.#ratePerS;
    this.#ratePerS = ratePerS;
    const isPushBack = reason === "throttled" || reason === "latency";
    const changed = Math.abs(ratePerS - this.#toldPerS) > TOLD_PART * this.#toldPerS;
    // A push-back is measured anew while more is heard of it.
    const why = reason === "raise" && ratePerS < this.#toldPerS ? "refine" : reason;
    if (isPushBack || changed) this.#emit(nowMs, beforePerS, why);
  }

  #emit(nowMs: number, beforePerS: number, reason: ArrivalEvent["reason"]): void {
    this.#toldPerS = this.#ratePerS;
    this.#options.emit({
      type: "arrival",
      t: Math.round(nowMs),
      reason,
      ratePerS: rounded(this.#ratePerS),
      beforePerS: rounded(beforePerS),
      started: this.#started,
    });
  }
}

const rounded = (perS: number): number => Math.round(perS * 1_000) / 1_000;

/** Begins to start the devices of a plan whose arrival is adaptive; others start by themselves. */
export function driveArrival(
  { devices, adaptive }: Pick<Plan, "devices" | "adaptive">,
  workers: Pick<Supervisor, "hosts" | "tell">,
  options: Pick<ArrivalDriverOptions, "clock" | "isToStart" | "emit" | "fromMs">,
): SteeredArrival {
  if (adaptive === undefined) {
    return new PlannedArrival({
      devices,
      clock: options.clock,
      isToStart: options.isToStart,
      hold: (registrationIds) => workers.tell({ type: "holdStarts", registrationIds }),
      start: (starts) => workers.tell({ type: "startDevices", starts }),
    });
  }
  const driver = new ArrivalDriver({
    ...options,
    devices,
    arrival: adaptive,
    isHosted: (registrationId) => workers.hosts(registrationId),
    start: (starts) => workers.tell({ type: "startDevices", starts }),
  });
  driver.start();
  return driver;
}
