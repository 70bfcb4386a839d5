import { z } from "zod";
import { tierProblems } from "./check-tier.ts";
import { tierFields } from "./tier-fields.ts";

/** What is to hold from now on: of all hubs, or of one. */
export const tierChangeSchema = z
  .strictObject({
    /** Absent: every hub keeps its own. */
    tier: tierFields.tier,
    /** 1 unless told otherwise; not without `tier`. */
    units: tierFields.units,
    /** In place of the tier's own; not without `tier`. */
    tierLimits: tierFields.tierLimits,
    /** Host name of the one hub that is meant; absent: all, and DPS with them. */
    hub: z.string({ error: "expected the host name of a hub" }).optional(),
    /** null: no limit at all; absent: what was set before, else what comes with the tier. */
    dpsRegistrationsPerMinute: tierFields.dpsRegistrationsPerMinute.nullable(),
  })
  .superRefine((change, context) => {
    for (const { place, message } of tierProblems(change))
      context.addIssue({ code: "custom", path: [place], message });
  });

export type TierChange = z.output<typeof tierChangeSchema>;
