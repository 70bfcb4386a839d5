import { z } from "zod";
import { isFaultName } from "../base/fault-kinds.ts";
import type { FaultSpec, FaultTimes } from "../base/fault-spec.ts";
import type { JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import { parseDuration } from "../base/units.ts";
import type { DeviceSelection } from "./devices-field.ts";
import { devicesField, SELECTION_ERROR, toSelection } from "./devices-field.ts";
import { faultKindError, faultLasts, faultRules } from "./fault-fields.ts";
import { nameField } from "./fields.ts";
import type { EndFaultAction, ServiceFaultAction } from "./service-fault.ts";
import { readServiceFault } from "./service-fault.ts";

/** A fault that the selected devices have. */
export interface FaultAction {
  readonly kind: "fault";
  readonly devices: DeviceSelection;
  readonly spec: FaultSpec;
}

/** A fault in the timeline. What is not named here is a parameter of its kind. */
export const timelineFaultField = z
  .object({
    kind: z.string({ error: faultKindError }).min(1, { error: faultKindError }).optional().meta({
      description:
        "dropout, disconnect …; a kind of the device model; or one of services and networks: hubGone, throttled, killTcp …",
    }),
    devices: devicesField.optional().meta({
      description: "Devices that have the fault; of services and networks absent = all",
    }),
    for: faultLasts,
    end: nameField.optional().meta({
      description: "In place of all else: the entry whose faults of services and networks end",
    }),
  })
  .catchall(z.json())
  .superRefine(tellFault, { when: () => true });

type Context = Pick<z.core.$RefinementCtx, "addIssue">;
type Tell = (path: (string | number)[], message: string) => void;

function tellFault(written: unknown, context: Context): void {
  if (!isJsonObject(written)) return;
  const tell: Tell = (path, message) => context.addIssue({ code: "custom", path, message });
  const { kind, end, ...members } = written;
  if (end !== undefined) {
    for (const member of Object.keys({ ...members, ...(kind !== undefined && { kind }) })) {
      tell([member], "expected nothing beside end:, which ends the fault as it is");
    }
    return;
  }
  if (kind === undefined) tell(["kind"], faultKindError({ input: kind }));
  for (const member of ["at", "every"]) {
    if (member in members) {
      tell([member], "expected none here: the entry's own at: says when the fault begins");
    }
  }
  if (isFaultName(kind)) return tellServiceFault(kind, written, tell);
  if (members["devices"] === undefined) tell(["devices"], SELECTION_ERROR);
  faultRules(written, context);
}

function tellServiceFault(
  kind: Parameters<typeof readServiceFault>[0],
  written: JsonObject,
  tell: Tell,
): void {
  const read = readServiceFault(kind, serviceMembers(written), written["devices"] !== undefined);
  if (!read.ok) {
    for (const { place, message, hint } of read.problems) {
      const [, name = place, index] = /^(\w+)\[(\d+)\]$/.exec(place) ?? [];
      const path = index === undefined ? [name] : [name, Number(index)];
      tell(path, hint === undefined ? message : `${message}; ${hint}`);
    }
  }
}

/** All that is said of a fault of services but whom it strikes and for how long. */
function serviceMembers({
  kind: _kind,
  devices: _devices,
  for: _for,
  at: _at,
  every: _every,
  ...members
}: JsonObject): JsonObject {
  return members;
}

/**
 * Ends that name no entry of the timeline with a fault of services or networks.
 *
 * @param timeline each entry as it is written
 */
export function faultEndProblems(
  timeline: readonly unknown[],
): readonly { readonly index: number; readonly message: string }[] {
  const faults = timeline.map((entry) => {
    const { name, fault } = isJsonObject(entry) ? entry : {};
    const { kind, end } = isJsonObject(fault) ? fault : {};
    return { name, end, canEnd: isFaultName(kind) };
  });
  const names = faults.flatMap(({ name, canEnd }) =>
    canEnd && typeof name === "string" ? [name] : [],
  );
  return faults.flatMap(({ end }, index) => {
    if (typeof end !== "string" || names.includes(end)) return [];
    const has = names.length === 0 ? "of which this timeline has none" : names.join(", ");
    const what = "the name: of an entry with a fault of services or networks";
    return [{ index, message: `expected ${what}, ${has}; got ${showValue(end)}` }];
  });
}

/**
 * A fault of a checked timeline.
 *
 * @param at when it begins, as the user wrote it @param atMs the same in ms
 */
export function toFaultAction(
  written: z.output<typeof timelineFaultField>,
  at: string,
  atMs: number,
): FaultAction | ServiceFaultAction | EndFaultAction {
  const { kind = "", devices, for: lasting, end, ...parameters } = written;
  if (end !== undefined) return { kind: "endFault", name: end };
  const forMs = lasting === undefined ? undefined : (parseDuration(lasting) ?? 0);
  const selected = devices === undefined ? {} : { devices: toSelection(devices) };
  if (isFaultName(kind)) {
    const read = readServiceFault(kind, parameters, devices !== undefined);
    // The schema has judged it by the same rules.
    if (!read.ok) throw new TypeError("a fault that was not checked");
    return { kind: "serviceFault", ...selected, fault: read.fault, forMs };
  }
  const times: FaultTimes = {
    by: "script",
    at,
    atMs,
    ...(forMs === undefined ? {} : { forMs }),
  };
  return { kind: "fault", devices: [], ...selected, spec: { kind, parameters, times } };
}
