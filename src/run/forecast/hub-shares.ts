import type { JsonObject } from "../../base/json.ts";
import type { Plan } from "../../plan/plan.ts";
import { expectedMs } from "../../plan/planned-action.ts";
import type { HubAction, HubDevice, HubLoad } from "./hub-load.ts";
import { hubLoad } from "./hub-load.ts";
import type { ModelSample } from "./model-sample.ts";

/** What a hub gets of a fleet. */
export interface HubShare {
  /** Host name; null = not known before DPS has assigned it. */
  readonly hub: string | null;
  /** Whether that is a guess: DPS deals devices out over several hubs, or over some that nobody here knows. */
  readonly assumed: boolean;
  readonly load: HubLoad;
}

/**
 * Deals a fleet out to hubs, but for devices that come to none: devices to the one that they bring along, the others evenly over those that DPS has. Where
 * those are not known, all go to one, which asks the most of it.
 *
 * @param known hubs that DPS may assign; null = one whose name is not known
 * @param of what is known of each device, in the order of the plan
 */
export function hubShares(
  { devices, timeline }: Pick<Plan, "devices" | "timeline">,
  known: readonly (string | null)[],
  of: {
    readonly connectedMs: readonly (number | null)[];
    readonly samples: readonly ModelSample[];
  },
): readonly HubShare[] {
  const assignable: readonly (string | null)[] = known.length === 0 ? [null] : known;
  const byHub = new Map<string | null, HubDevice[]>();
  const hubOf = new Map<string, string | null>();
  const assigned = new Set<string | null>();
  for (const [index, { registrationId, hub: own, telemetry }] of devices.entries()) {
    const connectedMs = of.connectedMs[index];
    if (connectedMs == null) continue;
    const sample = of.samples[index];
    if (sample === undefined) throw new TypeError(`no sample of device ${index}`);
    const hub = own ?? assignable[index % assignable.length] ?? null;
    if (own === undefined) assigned.add(hub);
    hubOf.set(registrationId, hub);
    const intervalMs = sample.intervalMs ?? telemetry.intervalMs;
    const device = { connectedMs, intervalMs, sample };
    const ofHub = byHub.get(hub);
    if (ofHub === undefined) byHub.set(hub, [device]);
    else ofHub.push(device);
  }
  const allConnectedMs = of.connectedMs.reduce<number>((last, ms) => Math.max(last, ms ?? 0), 0);
  return [...byHub].map(([hub, ofHub]) => ({
    hub,
    assumed: assigned.has(hub) && known.length !== 1,
    load: hubLoad(
      ofHub,
      actionsOf(timeline, allConnectedMs, (id) => hubOf.get(id) === hub),
    ),
  }));
}

function actionsOf(
  timeline: Plan["timeline"],
  connectedMs: number,
  isThere: (registrationId: string) => boolean,
): readonly HubAction[] {
  return timeline.flatMap((planned) => {
    const { action, selection, repeat } = planned;
    const devices = selection.ids.filter(isThere).length;
    if (action.kind !== "twin" || devices === 0) return [];
    const firstMs = expectedMs(planned, timeline, connectedMs);
    const patchBytes = bytesOf(action.desired);
    return Array.from({ length: repeat.times }, (_, round) => ({
      atMs: firstMs + round * repeat.everyMs,
      devices,
      patchBytes,
    }));
  });
}

const bytesOf = (patch: JsonObject): number => Buffer.byteLength(JSON.stringify(patch));
