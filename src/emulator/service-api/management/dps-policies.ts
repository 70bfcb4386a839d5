import { z } from "zod";
import type { AccessPolicy } from "../../access-policy.ts";
import { DPS_OWNER, DPS_RIGHTS, POLICY_KEY_BYTES } from "../../access-policy.ts";
import { isSymmetricKey } from "../../../base/symmetric-key.ts";
import type { NewKey } from "../../random-key.ts";

// Source: Azure/azure-rest-api-specs, Microsoft.Devices iotdps.json (2022-02-05),
// SharedAccessSignatureAuthorizationRuleAccessRightsDescription.

const key = z.string().refine(isSymmetricKey, "expected the base64 of 16 to 64 bytes");

/** `EnrollmentRead, EnrollmentWrite`, as Azure writes them. */
const rights = z
  .string()
  .transform((text) => text.split(",").map((one) => one.trim()))
  .pipe(z.array(z.enum(DPS_RIGHTS)).min(1));

/** The shared access policies of a DPS instance as clients send them; a key that is left out is kept or made. */
export const sentPolicies = z
  .array(
    z.strictObject({
      keyName: z.string().regex(/^[A-Za-z0-9_.+%-]{1,64}$/, "expected the name of a policy"),
      primaryKey: key.nullish(),
      secondaryKey: key.nullish(),
      rights,
    }),
  )
  // Source: Microsoft Learn, "Reference - IoT Hub quotas and throttling", shared access policies; for DPS not documented.
  .max(16)
  .refine(
    (all) => new Set(all.map(({ keyName }) => keyName)).size === all.length,
    "a name is there twice",
  );

/** The policies that are sent, behind the owner's, which stays as it is whatever is sent. */
export function policiesFrom(
  sent: z.output<typeof sentPolicies>,
  before: readonly AccessPolicy[],
  newKey: NewKey,
): readonly AccessPolicy[] {
  const policyOf = (wanted: string): AccessPolicy | undefined =>
    before.find(({ name }) => name === wanted);
  const others = sent
    .filter(({ keyName }) => keyName !== DPS_OWNER)
    .map(({ keyName: name, ...given }) => ({
      name,
      primaryKey: given.primaryKey ?? policyOf(name)?.primaryKey ?? newKey(POLICY_KEY_BYTES),
      secondaryKey: given.secondaryKey ?? policyOf(name)?.secondaryKey ?? newKey(POLICY_KEY_BYTES),
      rights: given.rights,
    }));
  return [...before.filter(({ name }) => name === DPS_OWNER), ...others];
}
