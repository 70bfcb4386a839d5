import type { DeviceState } from "../../metrics/device-row.ts";
import type { RunEvent } from "../../output/output.ts";
import type { Supervisor } from "../../supervisor/supervisor.ts";
import { driveArrival } from "../arrival/arrival-driver.ts";
import type { FleetTimeline } from "../fleet-timeline.ts";
import type { PreparedRun } from "../prepare.ts";
import type { PastRun } from "../resume/past-run.ts";
import type { RunContext } from "../run-options.ts";
import type { FleetControl } from "./fleet-control.ts";
import { FleetScale } from "./fleet-scale.ts";
import { SteeredFleet } from "./steered-fleet.ts";

/** Lets the arrival begin, or go on, and puts the fleet into the hands of whoever steers it. */
export function steerFleet(given: {
  readonly prepared: PreparedRun;
  /** What the run goes on with; undefined = it begins. */
  readonly past: PastRun | undefined;
  readonly context: Pick<RunContext, "stop">;
  readonly supervisor: Supervisor;
  readonly control: FleetControl;
  /** undefined = no such device. */
  readonly stateOf: (registrationId: string) => DeviceState | undefined;
  /** ms after time 0. */
  readonly clock: () => number;
  readonly emit: (event: RunEvent) => void;
  readonly timeline: FleetTimeline;
}): SteeredFleet {
  const { prepared, past, context, supervisor, control, stateOf, clock, emit, timeline } = given;
  const { plan, models } = prepared;
  const { stop: signal } = context;
  const ids = plan.devices.map(({ registrationId }) => registrationId);
  const scale = new FleetScale({ ids, control, stateOf, signal });
  const isToStart = (id: string): boolean =>
    !scale.hasTouched(id) &&
    (stateOf(id) ?? "waiting") === "waiting" &&
    past?.journal.knows(id) !== true;
  const fromMs = past?.record.t;
  const arrival = driveArrival(plan, supervisor, { clock, isToStart, emit, fromMs });
  return new SteeredFleet({
    plan,
    told: past?.accounts.timeline.results(),
    modelOf: (model) => models.get(model),
    arrival,
    scale,
    control,
    timeline,
    clock,
    signal,
  });
}
