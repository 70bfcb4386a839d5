import { FleetError } from "../base/errors.ts";
import type { DeviceEvent } from "../metrics/device-event.ts";
import type { RunEvent, TwinActionAccount } from "../output/output.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlannedAction } from "../plan/planned-action.ts";
import type { PlannedSelection } from "../plan/select-devices.ts";
import type { ActionKind } from "../scenario/timeline-action.ts";
import type { TwinTime } from "./actions/twin-receipts.ts";
import { TwinChanges } from "./actions/twin-changes.ts";
import { churnDevices } from "./actions/churn-devices.ts";
import { faultDevices } from "./actions/fault-devices.ts";
import { startDevices } from "./actions/start-devices.ts";
import { stopDevices } from "./actions/stop-devices.ts";
import type { FleetControl } from "./control/fleet-control.ts";
import type { FleetHubs } from "./fleet-hubs.ts";
import type { FleetView } from "./fleet-view.ts";
import type { ActionDoers } from "./timeline/action-doer.ts";
import { selectNow } from "./timeline/select-now.ts";
import type { TimelineOptions } from "./timeline/timeline.ts";
import { Timeline } from "./timeline/timeline.ts";

export interface FleetTimelineOptions {
  readonly plan: Pick<Plan, "seed" | "timeline">;
  readonly view: Pick<FleetView, "aggregate" | "allConnected">;
  /** undefined before they are open: no action is due by then. */
  readonly hubs: () => FleetHubs | undefined;
  /** undefined before devices may start: no action is due by then. */
  readonly control: () => FleetControl | undefined;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly emit: (event: RunEvent) => void;
}

/** What the run does itself; all else asks services. */
const OF_THE_RUN: readonly ActionKind[] = ["mark", "fault", "stop", "start", "churn"];

/** The plan's timeline with all that does its actions in this fleet, and the account of who followed. */
export class FleetTimeline {
  readonly #view: FleetTimelineOptions["view"];
  readonly #timeline: Timeline;
  readonly #twins: TwinChanges;
  readonly #hubs: () => FleetHubs;
  readonly #select: TimelineOptions["select"];

  constructor({ plan, view, hubs: opened, control: begun, clock, emit }: FleetTimelineOptions) {
    this.#view = view;
    const { seed, timeline: actions } = plan;
    const hubs = (): FleetHubs => {
      const open = opened();
      if (open === undefined) throw new FleetError("REFUSED", "no hub is open");
      return open;
    };
    const control = (): FleetControl => {
      const open = begun();
      if (open === undefined) throw new TypeError("no device may start yet");
      return open;
    };
    this.#hubs = hubs;
    this.#twins = new TwinChanges({ actions, hubs, clock, emit });
    const doers: ActionDoers = {
      twin: (round) => this.#twins.change(round),
      mark: () => Promise.resolve({ done: 0, errors: [] }),
      fault: faultDevices({ control, clock }),
      stop: stopDevices({ control, clock }),
      start: startDevices({ control }),
      churn: churnDevices({ control, clock, seed }),
    };
    const { aggregate } = view;
    this.#select = (selection, signal) =>
      selectNow(selection, { aggregate, hubs: hubs(), seed }, signal);
    this.#timeline = new Timeline({ actions, doers, select: this.#select, clock, emit });
  }

  /**
   * Does one more action; what comes of it is told as of the others.
   *
   * @throws {FleetError} where services that it asks cannot be asked
   */
  async add(planned: PlannedAction): Promise<void> {
    const { kind } = planned.action;
    const asks = !OF_THE_RUN.includes(kind) || planned.selection.asked.length > 0;
    if (asks) await this.#hubs().open();
    this.#twins.add(planned);
    this.#timeline.add(planned);
  }

  /** The devices of a selection, as they are now. @throws {FleetError} where services cannot be asked */
  async select(selection: PlannedSelection, signal: AbortSignal): Promise<readonly string[]> {
    if (selection.asked.length > 0) await this.#hubs().open();
    return this.#select(selection, signal);
  }

  /** Time 0 is now or known to the clock; schedules every action. */
  start(): void {
    this.#timeline.start();
  }

  /** Takes a device's event, in any order. */
  observe(event: DeviceEvent): void {
    this.#twins.observe(event);
  }

  /** Looks whether what actions wait for has come to pass; called when anything has changed in the fleet. */
  look(): void {
    if (this.#timeline.awaitsConnected && this.#view.allConnected) this.#timeline.allConnected();
  }

  /** Drops what is not due yet and waits for what is under way; safe to call twice. */
  stop(): Promise<void> {
    return this.#timeline.stop();
  }

  /** Accounts of its twin changes. */
  get twinActions(): readonly TwinActionAccount[] {
    return this.#twins.results();
  }

  /** Who has acknowledged twin changes, of all actions. */
  get twinTimes(): readonly TwinTime[] {
    return this.#twins.times();
  }
}
