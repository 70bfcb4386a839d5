import type { Problem } from "../base/errors.ts";
import type { FaultSpec } from "../base/fault-spec.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { memberOf } from "../scenario/timeline-action.ts";
import type { TimelineEntry } from "../scenario/timeline-section.ts";
import { shortened } from "./fleet-problems.ts";
import type { ActionTime, PlannedAction } from "./planned-action.ts";
import type { SelectableDevice } from "./select-devices.ts";
import { selectDevices } from "./select-devices.ts";

/** A fault of the timeline with the devices that have it. */
export interface PlannedFault {
  /** Where the scenario says so. */
  readonly place: string;
  readonly devices: readonly string[];
  readonly spec: FaultSpec;
}

/**
 * Finds out which devices each entry of the timeline is about, and what its time is relative to. A fault of devices that
 * the plan knows, at a time that it knows, is none of the run's actions: it goes into the devices' own plan, so that their
 * messages do not depend on when a command reaches them.
 *
 * @param fleet in its order
 */
export function planTimeline(
  timeline: Scenario["timeline"],
  fleet: readonly SelectableDevice[],
  seed: number,
): {
  readonly actions: readonly PlannedAction[];
  readonly faults: readonly PlannedFault[];
  /** Faults of the run's own actions, with every device that may come to have them. */
  readonly possibleFaults: readonly PlannedFault[];
  readonly problems: readonly Problem[];
} {
  const actions: PlannedAction[] = [];
  const faults: PlannedFault[] = [];
  const possibleFaults: PlannedFault[] = [];
  const problems: Problem[] = [];
  for (const [index, { action, ...entry }] of timeline.entries()) {
    const place = `timeline[${index}].${memberOf(action.kind)}`;
    const wanted = "devices" in action ? action.devices : undefined;
    const selection = wanted === undefined ? NO_SELECTION : selectDevices(wanted, fleet, seed);
    problems.push(...selection.empty.map((part) => nothingPicked(`${place}.devices`, part, fleet)));
    const { ids, asked } = selection;
    if (action.kind === "fault" && hasPlannedFault({ action, ...entry })) {
      faults.push({ place, devices: ids, spec: action.spec });
    } else {
      if (action.kind === "fault") {
        const devices = [...ids, ...asked.flatMap(({ among }) => among)];
        possibleFaults.push({ place, devices, spec: action.spec });
      }
      const { name, at, repeat } = entry;
      const when = timeOf(entry, timeline);
      actions.push({ index, name, at, when, repeat, selection: { ids, asked }, action });
    }
  }
  return { actions, faults, possibleFaults, problems: shortened(problems) };
}

const NO_SELECTION = { ids: [], asked: [], empty: [] } as const;

/** Whether it is a fault whose devices and time the plan knows. */
function hasPlannedFault({ after, repeat, action }: Omit<TimelineEntry, "at" | "atMs">): boolean {
  if (action.kind !== "fault" || after !== undefined || repeat.times > 1) return false;
  return action.devices.every(({ hub, query }) => hub === undefined && query === undefined);
}

function timeOf(
  { after, atMs: delayMs }: Pick<TimelineEntry, "after" | "atMs">,
  timeline: Scenario["timeline"],
): ActionTime {
  if (after === undefined) return { from: "start", delayMs };
  if (after === "connected") return { from: "connected", delayMs };
  const index = timeline.findIndex(({ name }) => name === after);
  const anchor = timeline[index];
  if (anchor === undefined || !hasPlannedFault(anchor)) return { from: "action", index, delayMs };
  // The run does not see its end, but knows when it is.
  const { action, atMs } = anchor;
  const { forMs = 0 } = action.kind === "fault" ? action.spec.times : {};
  return { from: "start", delayMs: atMs + forMs + delayMs };
}

/** That a part of a selection picks no device of the fleet. @param place of the selection */
export function nothingPicked(
  place: string,
  part: string,
  fleet: readonly Pick<SelectableDevice, "registrationId">[],
): Problem {
  const first = fleet[0]?.registrationId ?? "none";
  const hasIds = `it has ${first} to ${fleet.at(-1)?.registrationId ?? "none"}`;
  const of = `in this fleet of ${fleet.length}`;
  return /[*%{]|^\d+(?: |$)/.test(part)
    ? {
        place,
        message: `"${part}" picks no device ${of}`,
        hint: `${hasIds}; a pattern is cave-*, a share is 20% or 20% of cave-*, a number is 5 or 5 of cave-*`,
      }
    : { place, message: `there is no device "${part}" ${of}`, hint: hasIds };
}
