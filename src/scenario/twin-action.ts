import { z } from "zod";
import type { JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import { stepProblems } from "../base/stepped-values.ts";
import { parseDuration } from "../base/units.ts";
import type { DeviceSelection } from "./devices-field.ts";
import { devicesField, toSelection } from "./devices-field.ts";
import { enumField, positiveDurationField, twinField } from "./fields.ts";

/** A change of the desired properties of each selected device, made by the service. */
export interface TwinAction {
  readonly kind: "twin";
  readonly devices: DeviceSelection;
  readonly desired: JsonObject;
  /** Into what is there, or in its place. */
  readonly mode: "merge" | "replace";
  /** What each round adds to numbers of `desired`; absent = all rounds have the same values. */
  readonly step?: JsonObject | undefined;
  /** Whether the service is asked until it shows what devices report. */
  readonly seen: boolean;
  /** ms from the patch, > 0: who has not acknowledged it by then is a straggler. */
  readonly timeoutMs: number;
}

const TWIN_TIMEOUT = "30s";

/** A change of twins, as an entry of the timeline has it. */
export const twinActionField = z
  .strictObject({
    devices: devicesField.meta({ description: "Devices whose desired properties are changed" }),
    desired: twinField,
    mode: enumField(["merge", "replace"])
      .optional()
      .meta({ description: "Into what is there, or in its place; default merge" }),
    step: twinField
      .optional()
      .meta({ description: "What each round of repeat adds to numbers of desired" }),
    seen: z.boolean().optional().meta({
      description: "Ask the service until it shows what devices report; default true",
    }),
    timeout: positiveDurationField.optional().meta({
      description: `Who has not acknowledged the patch by then is a straggler; default ${TWIN_TIMEOUT}`,
    }),
  })
  .superRefine(tellStep, { when: () => true });

function tellStep(written: unknown, context: Pick<z.core.$RefinementCtx, "addIssue">): void {
  if (!isJsonObject(written)) return;
  const { desired, step } = written;
  if (!isJsonObject(desired) || !isJsonObject(step)) return;
  for (const { path, message } of stepProblems(desired, step))
    context.addIssue({ code: "custom", path: ["step", ...path], message });
}

/** A checked change of twins. */
export function toTwinAction(written: z.output<typeof twinActionField>): TwinAction {
  const { devices, desired, mode = "merge", step, seen = true, timeout } = written;
  const timeoutMs = parseDuration(timeout ?? TWIN_TIMEOUT) ?? 0;
  return { kind: "twin", devices: toSelection(devices), desired, mode, step, seen, timeoutMs };
}
