import type { Json } from "../../base/json.ts";
import { FleetError } from "../../base/errors.ts";
import type { FleetByHand } from "../../plan/plan-by-hand.ts";
import { planActionByHand, planSelectionByHand } from "../../plan/plan-by-hand.ts";
import type { Plan } from "../../plan/plan.ts";
import type { PlannedAction } from "../../plan/planned-action.ts";
import type { SteeredArrival } from "../arrival/steered-arrival.ts";
import type { FleetTimeline } from "../fleet-timeline.ts";
import type { FleetControl } from "./fleet-control.ts";
import type { FleetScale } from "./fleet-scale.ts";

/** Actions that somebody asks for, of one run: more than people ask for, and few enough to be kept. */
const MOST_ACTIONS = 10_000;

export interface SteeredFleetOptions {
  readonly plan: Plan;
  /** Actions that were told of before: those of a run that is resumed have numbers that no other gets. */
  readonly told?: readonly { readonly action: number }[] | undefined;
  readonly modelOf: FleetByHand["modelOf"];
  readonly arrival: SteeredArrival;
  readonly scale: FleetScale;
  readonly control: Pick<FleetControl, "retune">;
  readonly timeline: Pick<FleetTimeline, "add" | "select">;
  /** ms after time 0. */
  readonly clock: () => number;
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
}

/** The devices of a running fleet, in the hands of whoever steers it. */
export class SteeredFleet {
  readonly #options: SteeredFleetOptions;
  readonly #fleet: FleetByHand;
  readonly #firstAction: number;
  readonly #acted: PlannedAction[] = [];

  constructor(options: SteeredFleetOptions) {
    this.#options = options;
    const { plan, told = [], modelOf } = options;
    this.#fleet = { devices: plan.devices, seed: plan.seed, modelOf };
    const numbers = [
      ...plan.timeline.map(({ index }) => index),
      ...told.map(({ action }) => action),
    ];
    this.#firstAction = numbers.reduce((most, number) => Math.max(most, number), -1) + 1;
  }

  get arrival(): SteeredArrival {
    return this.#options.arrival;
  }

  get scale(): FleetScale {
    return this.#options.scale;
  }

  /** Devices a second of the planned arrival, in the mean; undefined = all at once, or as services let them. */
  get plannedPerS(): number | undefined {
    const { arrivalEndMs, devices } = this.#options.plan;
    return arrivalEndMs === null || arrivalEndMs === 0
      ? undefined
      : (devices.length * 1_000) / arrivalEndMs;
  }

  /** The devices that somebody names, as a timeline would. @throws {FleetError} `USAGE`, or what services say */
  select(devices: Json): Promise<readonly string[]> {
    const { timeline, signal } = this.#options;
    return timeline.select(planSelectionByHand(devices, this.#fleet), signal);
  }

  /** Gives devices another telemetry interval, ms > 0. */
  retune(ids: readonly string[], intervalMs: number): void {
    this.#options.control.retune(ids, intervalMs);
  }

  /**
   * Does an action of a timeline, now; what comes of it is told as of the others.
   *
   * @returns its number
   * @throws {FleetError} `USAGE` with all problems; what keeps services from being asked
   */
  async act(action: Json): Promise<number> {
    const { timeline, clock } = this.#options;
    if (this.#acted.length >= MOST_ACTIONS) {
      throw new FleetError("REFUSED", `${MOST_ACTIONS} actions were asked for, and no more can be`);
    }
    const index = this.#firstAction + this.#acted.length;
    const before = [...this.#options.plan.timeline, ...this.#acted];
    const planned = planActionByHand(action, { index, t: clock(), before }, this.#fleet);
    this.#acted.push(planned);
    await timeline.add(planned);
    return index;
  }
}
