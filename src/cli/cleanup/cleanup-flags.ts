import { z } from "zod";

import { groupField } from "../../scenario/fields.ts";
import { once, onOff } from "../flag-fields.ts";
import { checkTier, pacedHubFields } from "../selection/selection-flags.ts";
import { dpsFields } from "../service-flags.ts";

const name = (what: string) => once.min(1, `expected ${what}, got an empty name`).optional();

/** What `cleanup` is told. */
export const cleanupFlags = z
  .object({
    ...pacedHubFields,
    ...dpsFields,
    run: name("the folder of a run"),
    group: groupField.optional(),
    devicesFile: name("a file"),
    yes: onOff.default(false),
  })
  .superRefine(checkTier)
  .superRefine(({ run, group, devicesFile }, context) => {
    const given = [run, group, devicesFile].filter((one) => one !== undefined).length;
    if (given === 1) return;
    const message = `expected RUN, --group or --devices-file, got ${given === 0 ? "none" : "several"} of them`;
    context.addIssue({ code: "custom", path: ["run"], message });
  });

export type CleanupFlags = z.output<typeof cleanupFlags>;
