import type { Problem } from "../base/errors.ts";
import type { FaultSpec } from "../base/fault-spec.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { shortened } from "./fleet-problems.ts";
import type { TwinAction } from "./plan.ts";
import { selectDevices } from "./select-devices.ts";

/** A fault of the timeline with the devices that have it. */
export interface PlannedFault {
  /** Where the scenario says so. */
  readonly place: string;
  readonly devices: readonly string[];
  readonly spec: FaultSpec;
}

/** Finds out which devices each entry of the timeline is about. @param fleet registration ids, in order */
export function planTimeline(
  timeline: Scenario["timeline"],
  fleet: readonly string[],
  seed: number,
): {
  readonly actions: readonly TwinAction[];
  readonly faults: readonly PlannedFault[];
  readonly problems: readonly Problem[];
} {
  const actions: TwinAction[] = [];
  const faults: PlannedFault[] = [];
  const problems: Problem[] = [];
  for (const [index, entry] of timeline.entries()) {
    const [what, { devices: parts }] =
      "twin" in entry ? (["twin", entry.twin] as const) : (["fault", entry.fault] as const);
    const { ids: devices, empty } = selectDevices(parts, fleet, seed);
    const place = `timeline[${index}].${what}`;
    problems.push(...empty.map((part) => nothingPicked(`${place}.devices`, part, fleet)));
    if ("twin" in entry) {
      const { at, atMs, twin } = entry;
      actions.push({ at, atMs, devices, desired: twin.desired });
    } else {
      faults.push({ place, devices, spec: entry.fault.spec });
    }
  }
  return { actions, faults, problems: shortened(problems) };
}

function nothingPicked(place: string, part: string, fleet: readonly string[]): Problem {
  const hasIds = `it has ${fleet[0] ?? "none"} to ${fleet.at(-1) ?? "none"}`;
  const of = `in this fleet of ${fleet.length}`;
  return /[*%]/.test(part)
    ? {
        place,
        message: `"${part}" picks no device ${of}`,
        hint: `${hasIds}; a pattern is cave-*, a share is 20% or 20% of cave-*`,
      }
    : { place, message: `there is no device "${part}" ${of}`, hint: hasIds };
}
