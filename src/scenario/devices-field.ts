import { z } from "zod";
import { hostField, modelField } from "./fields.ts";

const part = z.string().min(1);
const count = z.int().min(1);
/** What names devices, for messages. */
export const SELECTION_ERROR =
  "expected registration ids, patterns such as cave-*, a share such as 20%, a number of devices such as 5, or a condition such as { hub: my-hub.azure-devices.net }";

const condition = z.strictObject({
  pick: z.union([part, count]).optional().meta({
    description:
      "Of the devices that the others leave: an id, a pattern, a share or a number of them; default all",
  }),
  model: modelField.optional().meta({ description: "Devices of this model, as fleet[] names it" }),
  hub: hostField
    .optional()
    .meta({ description: "Devices that are assigned to this hub when the action is due" }),
  query: part.optional().meta({
    description:
      "Devices that the hubs find by this query when the action is due: SELECT * FROM devices WHERE …",
  }),
});

const selector = z.union([part, count, condition], { error: SELECTION_ERROR });

/** Devices of the fleet: ids, patterns, shares, numbers, conditions, or a list of them; the plan picks. */
export const devicesField = z.union(
  [part, count, condition, z.array(selector).min(1, { error: SELECTION_ERROR })],
  { error: SELECTION_ERROR },
);

/** Devices that all conditions hold for; what is absent holds for all. */
export interface DeviceCondition {
  /** An id, a pattern, `20%`, `5`, `20% of cave-*` or `5 of cave-*`, of those that the other conditions leave. */
  readonly pick?: string | undefined;
  /** As the fleet entry names it. */
  readonly model?: string | undefined;
  /** Host name of the assigned hub; known only while the run goes on. */
  readonly hub?: string | undefined;
  /** A query of IoT Hub's language over devices; known only while the run goes on. */
  readonly query?: string | undefined;
}

/** What an action is about: the devices of all its parts together. */
export type DeviceSelection = readonly DeviceCondition[];

/** A checked selection. */
export function toSelection(written: z.output<typeof devicesField>): DeviceSelection {
  const parts = Array.isArray(written) ? written : [written];
  return parts.map((one) => {
    if (typeof one !== "object") return { pick: String(one) };
    const { pick, ...others } = one;
    return pick === undefined ? others : { ...others, pick: String(pick) };
  });
}
