import { z } from "zod";
import { readDeviceFault } from "../base/device-fault.ts";
import { deviceFaultKind, isDeviceFaultName } from "../base/device-fault-kinds.ts";
import type { FaultSpec, FaultTimes } from "../base/fault-spec.ts";
import type { JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import { formatDuration, parseDuration } from "../base/units.ts";
import type { DeviceSelection } from "./devices-field.ts";
import { devicesField, toSelection } from "./devices-field.ts";
import { durationField, positiveDurationField } from "./fields.ts";

const kindError = ({ input }: { readonly input?: unknown }): string =>
  `expected a kind of fault, got ${showValue(input)}`;

const kind = z
  .string({ error: kindError })
  .min(1, { error: kindError })
  .meta({ description: "notANumber, dropout, disconnect …, or a kind of the device model" });
const lasts = positiveDurationField
  .optional()
  .meta({ description: "How long it lasts; absent = to the end" });

/** A fault in the timeline. What is not named here is a parameter of its kind. */
export const timelineFaultField = z
  .object({
    kind,
    devices: devicesField.meta({ description: "Devices that have the fault" }),
    for: lasts,
  })
  .catchall(z.json())
  .superRefine(faultRules, { when: () => true })
  .superRefine(timelineRules, { when: () => true });

/** A fault of all devices of a fleet entry, each by its own schedule. */
export const fleetFaultField = z
  .object({
    kind,
    every: positiveDurationField.optional().meta({
      description: "Mean time from begin to begin, in the device's own time, at random",
    }),
    at: z
      .union([durationField, z.array(durationField).min(1)], {
        error: "expected a duration such as 5s, or a list of them",
      })
      .optional()
      .meta({ description: "When it begins, after the device's first message, in its own time" }),
    for: lasts,
  })
  .catchall(z.json())
  .superRefine(faultRules, { when: () => true })
  .superRefine(scheduleRules, { when: () => true });

type Context = Pick<z.core.$RefinementCtx, "addIssue">;

/** What the fleet's own kinds ask of their parameters. Those of models are known when these are loaded. */
function faultRules(written: unknown, context: Context): void {
  if (!isJsonObject(written)) return;
  if (!isDeviceFaultName(written["kind"])) return;
  const read = readDeviceFault(written["kind"], parametersOf(written));
  if (read.ok) return;
  for (const { place, message, hint } of read.problems) {
    const text = hint === undefined ? message : `${message}; ${hint}`;
    context.addIssue({ code: "custom", path: [place], message: text });
  }
}

/** A fault of the timeline has its time from there. */
function timelineRules(written: unknown, context: Context): void {
  if (!isJsonObject(written)) return;
  for (const member of ["at", "every"]) {
    if (!(member in written)) continue;
    const message = "expected none here: the entry's own at: says when the fault begins";
    context.addIssue({ code: "custom", path: [member], message });
  }
}

function scheduleRules(written: unknown, context: Context): void {
  if (!isJsonObject(written)) return;
  const { every, at, for: lasting } = written;
  const tell = (path: string[], message: string): void =>
    context.addIssue({ code: "custom", path, message });
  if ("devices" in written) {
    tell(["devices"], "expected none here: all devices of the entry have the fault");
  }
  if (every === undefined && at === undefined) {
    tell([], "expected every: or at:, which say when it begins, got neither");
  }
  if (every === undefined) return;
  if (at !== undefined) tell(["at"], "expected either every: or at:, got both");
  const name = written["kind"];
  const isMoment = isDeviceFaultName(name) && deviceFaultKind(name).isMoment === true;
  if (lasting === undefined) {
    if (!isMoment) tell([], "expected for: beside every:, got nothing: it would never be over");
    return;
  }
  const everyMs = durationOf(every);
  const forMs = durationOf(lasting);
  if (everyMs === undefined || forMs === undefined || forMs < everyMs) return;
  tell(
    ["for"],
    `expected less than the ${formatDuration(everyMs)} from begin to begin, got ${showValue(lasting)}`,
  );
}

const durationOf = (written: unknown): number | undefined =>
  typeof written === "string" ? parseDuration(written) : undefined;

/** All members that say nothing of devices and times. */
function parametersOf({
  kind: _kind,
  devices: _devices,
  every: _every,
  at: _at,
  for: _for,
  ...parameters
}: JsonObject): JsonObject {
  return parameters;
}

/**
 * A fault of a checked timeline.
 *
 * @param at when it begins, as the user wrote it @param atMs the same in ms
 */
export function timelineFault(
  written: z.output<typeof timelineFaultField>,
  at: string,
  atMs: number,
): { readonly devices: DeviceSelection; readonly spec: FaultSpec } {
  const { devices, for: lasting } = written;
  const times: FaultTimes = { by: "script", at, atMs, ...lastingOf(lasting) };
  return {
    devices: toSelection(devices),
    spec: { kind: written.kind, parameters: parametersOf(written), times },
  };
}

/** A fault of a checked fleet entry. */
export function fleetFault(written: z.output<typeof fleetFaultField>): FaultSpec {
  const { every, at = [], for: lasting } = written;
  const list = typeof at === "string" ? [at] : at;
  const times: FaultTimes =
    every === undefined
      ? {
          by: "age",
          atMs: list.map((one) => parseDuration(one) ?? 0).toSorted((a, b) => a - b),
          ...lastingOf(lasting),
        }
      : { by: "chance", everyMs: parseDuration(every) ?? 0, ...lastingOf(lasting) };
  return { kind: written.kind, parameters: parametersOf(written), times };
}

const lastingOf = (lasting: string | undefined): { readonly forMs?: number } =>
  lasting === undefined ? {} : { forMs: parseDuration(lasting) ?? 0 };
