import { z } from "zod";
import { LEAF_DEFECTS } from "../base/leaf-defect.ts";
import { showKind, showValue } from "../base/show-value.ts";
import { parseDuration } from "../base/units.ts";
import { enumField, fileField, keyVaultField, positiveDurationField } from "./fields.ts";

/** Kinds of key pairs that leaves can have. */
export const KEY_KINDS = ["p256", "p384", "rsa2048", "rsa4096"] as const;

/** A token's life, in whole seconds. */
const LEAST_TOKEN_LIFETIME_S = 10;
export const DEFAULT_TOKEN_LIFETIME = "1h";

const secret = z
  .union(
    [
      z.strictObject({ env: z.string().min(1) }),
      z.strictObject({ file: z.string().min(1) }),
      z.strictObject({ keyVault: keyVaultField }),
    ],
    {
      // The value may be the secret itself: tell its kind only.
      error: ({ input }) =>
        `expected { env: NAME }, { file: PATH } or { keyVault: URI }, got ${showKind(input)}`,
    },
  )
  .meta({ description: "Where the secret comes from; never the secret itself" });

const key = enumField(KEY_KINDS)
  .optional()
  .meta({ description: "Kind of key of the leaf; absent = any will do, new ones are p256" });

const tokenLifetime = positiveDurationField
  .refine(
    (text) => {
      const ms = parseDuration(text);
      return ms === undefined || (ms >= LEAST_TOKEN_LIFETIME_S * 1_000 && ms % 1_000 === 0);
    },
    {
      error: ({ input }) =>
        `expected whole seconds from ${LEAST_TOKEN_LIFETIME_S}s on, got ${showValue(input)}`,
    },
  )
  .default(DEFAULT_TOKEN_LIFETIME)
  .meta({ description: "How long a SAS token for the hub holds; renewed after three quarters" });

/** How the devices of a fleet entry show who they are. */
export const credentialsField = z
  .discriminatedUnion(
    "format",
    [
      z.strictObject({
        format: z.literal("pem"),
        passphrase: secret.optional(),
        key,
        defect: enumField(LEAF_DEFECTS).optional().meta({
          description: "What is wrong with the leaves on purpose; goes with expect: refused",
        }),
      }),
      z.strictObject({ format: z.literal("pfx"), password: secret.optional(), key }),
      z.strictObject({
        format: z.literal("symmetricKey"),
        key: secret.optional().meta({
          description: "The key; absent = the emulator that the run starts gets a new one",
        }),
        scope: enumField(["group", "individual"])
          .default("group")
          .meta({ description: "Whose key it is: the enrollment group's, or the device's own" }),
        tokenLifetime,
      }),
      z.strictObject({
        format: z.literal("table").optional(),
        from: fileField.meta({
          description: "A table (CSV) of devices and their files, relative to this scenario",
        }),
        tokenLifetime,
      }),
    ],
    { error: "expected format: pem, pfx or symmetricKey, or from: FILE" },
  )
  .meta({ description: "What the devices show the services, and where it is" });
