import type { JsonObject } from "../../base/json.ts";
import { createRandom } from "../../base/random.ts";
import type { StopKind } from "../../base/stop-kind.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { DeviceState } from "../../metrics/device-row.ts";
import { isOff } from "../../metrics/device-row.ts";
import type { Supervisor } from "../../supervisor/supervisor.ts";
import { DeviceWatch } from "./device-watch.ts";

/** From the command to the state: the drain of a device, its worker's next snapshot, and a stall. */
const STOP_LIMIT_MS = 60_000;
/** From the moment at which the last device is due: a whole registration, throttled, may take as long. */
const START_LIMIT_MS = 600_000;
/** Faults of models and messages begin with the next message. */
const FAULT_LIMIT_MS = 60_000;

export interface FleetControlOptions {
  readonly workers: Pick<Supervisor, "tell" | "hosts">;
  /** undefined = no such device. */
  readonly stateOf: (registrationId: string) => DeviceState | undefined;
  /** ms after time 0. */
  readonly clock: () => number;
  /** That of the run: devices start again in an order that it gives. */
  readonly seed: number;
}

/** How long an action may wait to be seen done: to a limit, or until `signal` aborts. What it has told devices stays told. */
export interface ControlWait {
  readonly signal: AbortSignal;
  /** ms; each action has a default. */
  readonly limitMs?: number | undefined;
}

/** What became of the devices that an action was for. */
export interface ControlOutcome {
  /** Those that were seen where they should come to. */
  readonly done: readonly string[];
  /** The others, and why. */
  readonly missed: readonly { readonly registrationId: string; readonly why: string }[];
}

/** A fault that devices have from now on. */
export interface ControlFault {
  /** One of the fleet's own kinds, or one of the devices' model. */
  readonly kind: string;
  readonly parameters: JsonObject;
  /** undefined = it stays, or is over at once where its kind is of a moment. */
  readonly forMs?: number | undefined;
  /** What events give as its time. */
  readonly at: string;
}

/** Stops, starts, faults and retunes devices of a running fleet, by their registration ids. */
export class FleetControl {
  readonly #options: FleetControlOptions;
  readonly #watch = new DeviceWatch();

  constructor(options: FleetControlOptions) {
    this.#options = options;
  }

  /** The newest state that is known of a device; undefined = there is no such device. */
  stateOf(registrationId: string): DeviceState | undefined {
    return this.#options.stateOf(registrationId);
  }

  /** Whether a device is stopped or has failed for good. */
  isOff(registrationId: string): boolean {
    return isOff(this.#options.stateOf(registrationId));
  }

  /** Takes what devices tell. */
  observe(event: DeviceEvent): void {
    this.#watch.observe(event);
  }

  /** Switches devices off; they stay off until they are started. One that has failed for good is off already. */
  async stop(ids: readonly string[], how: StopKind, wait: ControlWait): Promise<ControlOutcome> {
    const { limitMs = STOP_LIMIT_MS, signal } = wait;
    const hosted = this.#hosted(ids);
    const on = hosted.filter((id) => !this.isOff(id));
    const seen = this.#watch.until(on, isGoneOff, { limitMs, signal });
    this.#options.workers.tell({ type: "stopDevices", registrationIds: hosted, how });
    return this.#outcome(ids, await seen);
  }

  /**
   * Boots devices that are off; those that are on stay so. Resolves when all stream, or have failed for good.
   *
   * @param wait `overMs`: they are due spread evenly over so long, the first now; default all now
   */
  async start(
    ids: readonly string[],
    wait: ControlWait & { readonly overMs?: number | undefined },
  ): Promise<ControlOutcome> {
    const { overMs = 0, limitMs = START_LIMIT_MS, signal } = wait;
    const hosted = this.#hosted(ids);
    const away = hosted.filter((id) => this.#options.stateOf(id) !== "streaming");
    const limit = { limitMs: overMs + limitMs, signal };
    const failed = new Set<string>();
    const seen = this.#watch.until(
      away,
      (event) => {
        if (event.type !== "state") return false;
        if (event.to === "failed") failed.add(event.deviceId);
        return event.to === "failed" || event.to === "streaming";
      },
      limit,
    );
    const nowMs = this.#options.clock();
    const starts = this.#inSeededOrder(hosted).map((registrationId, index) => ({
      registrationId,
      dueMs: nowMs + (overMs * index) / hosted.length,
    }));
    this.#options.workers.tell({ type: "startDevices", starts });
    const late = await seen;
    return this.#outcome(ids, [...late, ...failed]);
  }

  /**
   * Puts a fault on devices, now; on those that are off, when they boot in time. Resolves when those that are on have told
   * that it has begun: of models and messages that is with their next message.
   */
  async fault(
    ids: readonly string[],
    { kind, parameters, forMs, at }: ControlFault,
    wait: ControlWait,
  ): Promise<ControlOutcome> {
    const { limitMs = FAULT_LIMIT_MS, signal } = wait;
    const hosted = this.#hosted(ids);
    const on = hosted.filter((id) => !this.isOff(id) && this.stateOf(id) !== "waiting");
    const seen = this.#watch.until(
      on,
      (event) => event.type === "fault" && event.kind === kind && event.state === "begun",
      { limitMs, signal },
    );
    const times = { by: "script" as const, at, atMs: this.#options.clock(), forMs };
    const fault = { kind, parameters, times };
    this.#options.workers.tell({ type: "deviceFault", registrationIds: hosted, fault });
    return this.#outcome(ids, await seen);
  }

  /** Gives devices another telemetry interval, ms > 0, from their next message on; twins that set one go before it. */
  retune(ids: readonly string[], intervalMs: number): ControlOutcome {
    const registrationIds = this.#hosted(ids);
    this.#options.workers.tell({ type: "retune", registrationIds, intervalMs });
    return this.#outcome(ids, []);
  }

  #hosted(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => this.#options.workers.hosts(id));
  }

  #inSeededOrder(ids: readonly string[]): readonly string[] {
    const { seed } = this.#options;
    return ids
      .map((id) => ({ id, rank: createRandom(seed, "start", id).next() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ id }) => id);
  }

  #outcome(ids: readonly string[], late: readonly string[]): ControlOutcome {
    const { workers, stateOf } = this.#options;
    const isLate = new Set(late);
    const missed = ids.flatMap((registrationId) => {
      if (!workers.hosts(registrationId)) {
        return [{ registrationId, why: "no worker hosts it any more" }];
      }
      const state = stateOf(registrationId) ?? "unknown";
      return isLate.has(registrationId) ? [{ registrationId, why: `it is ${state}` }] : [];
    });
    const isMissed = new Set(missed.map(({ registrationId }) => registrationId));
    return { done: ids.filter((id) => !isMissed.has(id)), missed };
  }
}

const isGoneOff = (event: DeviceEvent): boolean => event.type === "state" && isOff(event.to);
