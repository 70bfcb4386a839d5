import type { FaultSpec } from "../base/fault-spec.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { WantedFault } from "./fault-problems.ts";
import type { DeviceSpec } from "./plan.ts";
import type { PlannedFault } from "./plan-timeline.ts";

/** Every fault with each model that is to have it: those of fleet entries, then those of the timeline. */
export function wantedFaults(
  { fleet }: Scenario,
  devices: readonly DeviceSpec[],
  timeline: readonly PlannedFault[],
): readonly WantedFault[] {
  const modelOf = new Map(devices.map(({ registrationId, model }) => [registrationId, model]));
  return [
    ...fleet.flatMap(({ faults, model }, entry) =>
      faults.map((spec, index) => ({ place: `fleet[${entry}].faults[${index}]`, spec, model })),
    ),
    ...timeline.flatMap(({ place, devices: ids, spec }) =>
      [...new Set(ids.map((id) => modelOf.get(id) ?? ""))].map((model) => ({ place, spec, model })),
    ),
  ];
}

/** The devices with what the timeline gives them, behind what their entry does. */
export function withFaults(
  devices: readonly DeviceSpec[],
  timeline: readonly PlannedFault[],
): readonly DeviceSpec[] {
  const added = new Map<string, FaultSpec[]>();
  for (const { devices: ids, spec } of timeline) {
    for (const id of ids) added.set(id, [...(added.get(id) ?? []), spec]);
  }
  return devices.map((device) => {
    const more = added.get(device.registrationId);
    return more === undefined ? device : { ...device, faults: [...(device.faults ?? []), ...more] };
  });
}
