import type { DeviceEvent } from "../metrics/device-event.ts";
import type { RunEvent, TwinActionAccount } from "../output/output.ts";
import type { Plan } from "../plan/plan.ts";
import type { PlannedAction } from "../plan/planned-action.ts";
import type { PlannedSelection } from "../plan/select-devices.ts";
import { asksService } from "../plan/asked-service.ts";
import { TwinChanges } from "./actions/twin-changes.ts";
import { CloudMessages } from "./actions/cloud-messages.ts";
import { callMethods } from "./actions/call-methods.ts";
import { churnDevices } from "./actions/churn-devices.ts";
import { faultDevices } from "./actions/fault-devices.ts";
import type { RenewalOptions } from "./actions/renew-certificates.ts";
import { renewCertificates } from "./actions/renew-certificates.ts";
import { changeEnrollments, changeIdentities, linkHubs } from "./actions/service-doers.ts";
import { ServiceFaults } from "./actions/service-faults.ts";
import { startDevices } from "./actions/start-devices.ts";
import { stopDevices } from "./actions/stop-devices.ts";
import type { FleetControl } from "./control/fleet-control.ts";
import type { FleetHubs } from "./fleet-hubs.ts";
import type { FleetView } from "./fleet-view.ts";
import type { RunServices } from "./run-services.ts";
import type { ActionDoers } from "./timeline/action-doer.ts";
import { selectNow } from "./timeline/select-now.ts";
import type { TimelineOptions } from "./timeline/timeline.ts";
import { Timeline } from "./timeline/timeline.ts";

export interface FleetTimelineOptions {
  readonly plan: Pick<Plan, "seed" | "timeline" | "hearsMessages">;
  readonly view: Pick<FleetView, "aggregate" | "allConnected" | "observe">;
  /** undefined before they are open: no action is due by then. */
  readonly services: () => RunServices | undefined;
  /** undefined before devices may start: no action is due by then. */
  readonly control: () => FleetControl | undefined;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly emit: (event: RunEvent) => void;
  /** Tells the user of what the run could not put right. */
  readonly warn: (text: string) => void;
  /** What issues new certificates. */
  readonly certificates: RenewalOptions;
}

/** The plan's timeline with all that does its actions in this fleet, and the account of who followed. */
export class FleetTimeline {
  readonly #view: FleetTimelineOptions["view"];
  readonly #timeline: Timeline;
  readonly #twins: TwinChanges;
  readonly #faults: ServiceFaults;
  readonly #messages: CloudMessages;
  readonly #hubs: () => FleetHubs;
  readonly #select: TimelineOptions["select"];

  constructor(options: FleetTimelineOptions) {
    const { plan, view, clock, emit, warn } = options;
    this.#view = view;
    const { aggregate } = view;
    const { seed, timeline: actions } = plan;
    const services = (): RunServices => {
      const open = options.services();
      if (open === undefined) throw new TypeError("no service is open yet");
      return open;
    };
    const hubs = (): FleetHubs => services().hubs;
    const control = (): FleetControl => {
      const open = options.control();
      if (open === undefined) throw new TypeError("no device may start yet");
      return open;
    };
    this.#hubs = hubs;
    this.#twins = new TwinChanges({ actions, hubs, clock, emit, view });
    this.#faults = new ServiceFaults({ services, aggregate, warn });
    const { hearsMessages: areHeard = false } = plan;
    this.#messages = new CloudMessages({ services, areHeard, now: options.certificates.now });
    const doers: ActionDoers = {
      twin: (round) => this.#twins.change(round),
      mark: () => Promise.resolve({ done: 0, errors: [] }),
      fault: faultDevices({ control, clock }),
      serviceFault: (round) => this.#faults.begin(round),
      endFault: (round) => this.#faults.end(round),
      stop: stopDevices({ control, clock }),
      start: startDevices({ control }),
      churn: churnDevices({ control, clock, seed }),
      method: callMethods({ services, clock, emit }),
      message: (round) => this.#messages.send(round),
      identity: changeIdentities(services),
      enrollment: changeEnrollments(services),
      hub: linkHubs(services),
      renew: renewCertificates(options.certificates),
    };
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
    if (asksService(planned, "hubs")) await this.#hubs().open();
    this.#twins.add(planned);
    this.#timeline.add(planned);
  }

  /** The devices of a selection, as they are now. @throws {FleetError} where services cannot be asked */
  async select(selection: PlannedSelection, signal: AbortSignal): Promise<readonly string[]> {
    if (selection.asked.length > 0) await this.#hubs().open();
    return this.#select(selection, signal);
  }

  /** Takes what was told before a run went on, in its order; before `start()`. */
  recall(event: RunEvent): void {
    if (event.type === "action") this.#timeline.recall(event);
    this.#twins.recall(event);
  }

  /** Time 0 is now or known to the clock; schedules every action. */
  start(): void {
    this.#timeline.start();
  }

  /** Takes a device's event, in any order. */
  observe(event: DeviceEvent): void {
    this.#twins.observe(event);
    this.#messages.observe(event);
  }

  /** Looks whether what actions wait for has come to pass; called when anything has changed in the fleet. */
  look(): void {
    if (this.#timeline.awaitsConnected && this.#view.allConnected) this.#timeline.allConnected();
  }

  /** Drops what is not due yet, waits for what is under way and leaves services without faults; safe to call twice. */
  async stop(): Promise<void> {
    await this.#timeline.stop();
    await this.#twins.stop();
    await this.#faults.clear();
  }

  /** Accounts of its twin changes. */
  get twinActions(): readonly TwinActionAccount[] {
    return this.#twins.results();
  }
}
