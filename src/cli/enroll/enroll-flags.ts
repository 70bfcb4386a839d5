import { z } from "zod";

import { enumField, groupField, hostField } from "../../scenario/fields.ts";
import { ALLOCATION_POLICIES } from "../../service/enrollment-settings.ts";
import { once, onOff, registrationId } from "../flag-fields.ts";
import { secretVariable } from "../secret-flags.ts";
import { dpsFields, serviceFields } from "../service-flags.ts";

/** What every action of `enroll` has. */
const common = { ...serviceFields, ...dpsFields };

const name = once.min(1, "expected a name, got an empty text");
const file = once.min(1, "expected a file, got an empty name").optional();
const kind = enumField(["group", "individual"]).optional();
const ifMatch = once.min(1, "expected an ETag, got an empty text").optional();
const off = onOff.default(false);
const key = { writeKey: file, derive: registrationId.optional(), force: off };

/** It may carry a key in its query, and arguments are visible to others; the text itself is not shown. */
const webhook = once
  .refine((text) => URL.canParse(text) && /^https?:/.test(text), "expected an http or https URL")
  .refine((text) => !text.includes("?"), {
    error: "expected a URL without a query, which may hold a key: give --webhook-file",
  })
  .optional();

const settings = {
  ...common,
  ...key,
  certificate: file,
  symmetricKey: off,
  keyEnv: secretVariable.optional(),
  keyFile: file,
  secondaryCertificate: file,
  removeSecondary: off,
  initialTwin: file,
  allocation: enumField(ALLOCATION_POLICIES).optional(),
  hub: z.array(hostField).optional(),
  allHubs: off,
  webhook,
  webhookFile: file,
  reprovision: enumField(["migrate", "reset", "never"]).optional(),
  disabled: off,
  ifMissing: off,
  ifMatch,
};
/** Of `enroll group`. */
export const groupFlags = z
  .object({ ...settings, name: groupField, caReference: name.optional() })
  .superRefine(checkTogether);
/** Of `enroll device`. */
export const deviceFlags = z
  .object({ ...settings, name: registrationId, deviceId: name.optional() })
  .superRefine(checkTogether);

type Together = z.output<z.ZodObject<typeof settings>> & {
  readonly caReference?: string | undefined;
};

/** Flags that do not go with one another. */
function checkTogether(flags: Together, context: z.RefinementCtx): void {
  const problem = (at: keyof typeof settings, message: string): void =>
    context.addIssue({ code: "custom", path: [at], message });
  const proofs = [flags.certificate, flags.caReference, flags.symmetricKey || undefined];
  if (proofs.filter((one) => one !== undefined).length > 1)
    problem("certificate", "expected one of --certificate, --ca-reference and --symmetric-key");
  if (flags.secondaryCertificate !== undefined && (flags.caReference || flags.symmetricKey))
    problem("secondaryCertificate", "goes with certificates only");
  if (flags.secondaryCertificate !== undefined && flags.removeSecondary)
    problem("removeSecondary", "does not go with --secondary-certificate");
  for (const from of ["keyEnv", "keyFile"] as const)
    if (flags[from] !== undefined && !flags.symmetricKey)
      problem(from, "goes with --symmetric-key only");
  if (flags.keyEnv !== undefined && flags.keyFile !== undefined)
    problem("keyFile", "expected one of --key-env and --key-file");
  if (flags.hub !== undefined && flags.allHubs) problem("allHubs", "does not go with --hub");
  if (flags.webhook !== undefined && flags.webhookFile !== undefined)
    problem("webhookFile", "expected one of --webhook and --webhook-file");
  if (flags.ifMissing && flags.ifMatch !== undefined)
    problem("ifMatch", "does not go with --if-missing");
  checkKeyFile(flags, context);
}

function checkKeyFile(
  flags: { readonly writeKey?: string | undefined; readonly derive?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (flags.derive === undefined || flags.writeKey !== undefined) return;
  const message = "expected --write-key FILE beside it: keys are not printed";
  context.addIssue({ code: "custom", path: ["derive"], message });
}

/** Of `enroll list`. */
export const listFlags = z.object({ ...common, kind });
/** Of `enroll show`. */
export const showFlags = z.object({ ...common, ...key, name, kind }).superRefine(checkKeyFile);
/** Of `enroll disable` and `enroll enable`. */
export const switchFlags = z.object({ ...common, name, kind, ifMatch });
/** Of `enroll delete`. */
export const deleteFlags = z.object({ ...common, name, kind, ifMatch, yes: off });

/** What `group` and `device` have in common, and what only one of them has. */
export type SettingsFlags = Omit<z.output<typeof groupFlags>, "caReference"> & {
  readonly caReference?: string | undefined;
  readonly deviceId?: string | undefined;
};
