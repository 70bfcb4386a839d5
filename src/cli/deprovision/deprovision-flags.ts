import { z } from "zod";

import { groupField } from "../../scenario/fields.ts";
import { once, onOff, registrationId } from "../flag-fields.ts";
import { checkTier, pacedHubFields } from "../selection/selection-flags.ts";
import { dpsFields } from "../service-flags.ts";

const off = onOff.default(false);

/** What `deprovision` is told. */
export const deprovisionFlags = z
  .object({
    ...pacedHubFields,
    ...dpsFields,
    device: registrationId.optional(),
    group: groupField.optional(),
    deleteGroup: off,
    certificate: once.min(1, "expected a file, got an empty name").optional(),
    symmetricKey: off,
    keepIdentity: off,
    yes: off,
  })
  .superRefine(checkTier)
  .superRefine((flags, context) => {
    const problem = (at: string, message: string): void =>
      context.addIssue({ code: "custom", path: [at], message });
    if ((flags.device === undefined) === (flags.group === undefined))
      problem("device", "expected a registration id or --group NAME, one of both");
    if (flags.deleteGroup && flags.group === undefined)
      problem("deleteGroup", "goes with --group only");
    if (flags.certificate !== undefined && flags.symmetricKey)
      problem("certificate", "expected one of --certificate and --symmetric-key");
    for (const own of ["certificate", "symmetricKey"] as const)
      if (flags[own] && flags.group !== undefined) problem(own, "goes with one device only");
  });

export type DeprovisionFlags = z.output<typeof deprovisionFlags>;
