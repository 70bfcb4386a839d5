import { z } from "zod";
import { readDeviceFault } from "../base/device-fault.ts";
import { deviceFaultKind, isDeviceFaultName } from "../base/device-fault-kinds.ts";
import type { FaultSpec, FaultTimes } from "../base/fault-spec.ts";
import type { JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import { showValue } from "../base/show-value.ts";
import { formatDuration, parseDuration } from "../base/units.ts";
import { durationField, positiveDurationField } from "./fields.ts";

/** What a kind of fault must be at least. */
export const faultKindError = ({ input }: { readonly input?: unknown }): string =>
  `expected a kind of fault, got ${showValue(input)}`;

const kind = z
  .string({ error: faultKindError })
  .min(1, { error: faultKindError })
  .meta({ description: "notANumber, dropout, disconnect …, or a kind of the device model" });
/** Of faults wherever they stand. */
export const faultLasts = positiveDurationField
  .optional()
  .meta({ description: "How long it lasts; absent = to the end" });

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
    for: faultLasts,
  })
  .catchall(z.json())
  .superRefine(faultRules, { when: () => true })
  .superRefine(scheduleRules, { when: () => true });

type Context = Pick<z.core.$RefinementCtx, "addIssue">;

/** What the fleet's own kinds ask of their parameters. Those of models are known when these are loaded. */
export function faultRules(written: unknown, context: Context): void {
  if (!isJsonObject(written)) return;
  if (!isDeviceFaultName(written["kind"])) return;
  const read = readDeviceFault(written["kind"], parametersOf(written));
  if (read.ok) return;
  for (const { place, message, hint } of read.problems) {
    const text = hint === undefined ? message : `${message}; ${hint}`;
    context.addIssue({ code: "custom", path: [place], message: text });
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
