import { z } from "zod";

import { groupField } from "../../scenario/fields.ts";
import { onOff, registrationId } from "../flag-fields.ts";
import { dpsFields, serviceFields } from "../service-flags.ts";

const common = { ...serviceFields, ...dpsFields };

/** Of `registrations list`. */
export const listFlags = z.object({ ...common, group: groupField });

/** Of `registrations delete`. */
export const deleteFlags = z
  .object({
    ...common,
    ids: z.array(registrationId).default([]),
    group: groupField.optional(),
    yes: onOff.default(false),
  })
  .superRefine(({ ids, group }, context) => {
    if ((ids.length === 0) === (group === undefined))
      context.addIssue({
        code: "custom",
        path: ["ids"],
        message: "expected registration ids or --group NAME, one of both",
      });
  });
