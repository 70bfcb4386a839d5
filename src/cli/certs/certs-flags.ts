import type { Argv } from "yargs";
import type { z } from "zod";

import { KEY_KINDS } from "../../pki/key-kind.ts";
import { enumField } from "../../scenario/fields.ts";
import type { commonFields } from "../common-flags.ts";
import { once, onOff, whole } from "../flag-fields.ts";

/** Longest life of a certificate, days: its end must be a date that everybody can read. */
const DAYS_MAX = 36_500;

/** How long a certificate is to hold. */
export const daysField = whole(1, DAYS_MAX);

/** Schema of the options of {@link issueOptions}. */
export const issueFields = {
  key: enumField(KEY_KINDS).optional(),
  days: daysField.optional(),
  force: onOff.default(false),
};

/** Adds what can be said of a certificate that is issued. @param days what holds where nothing is asked */
export function issueOptions<T>(yargs: Argv<T>, days: number): Argv<T> {
  return yargs
    .option("key", {
      type: "string",
      requiresArg: true,
      describe: `kind of its key: ${KEY_KINDS.join(", ")}`,
      defaultDescription: "p256",
    })
    .option("days", {
      type: "string",
      requiresArg: true,
      describe: "how long it holds, but never longer than its signer",
      defaultDescription: String(days),
    })
    .option("force", {
      type: "boolean",
      describe: "make it anew; the old files are kept beside",
    });
}

/** Schema of the option of {@link signerOption}. */
export const signerField = { signer: once.min(1, "expected a name, got an empty one").optional() };

/** Adds who signs. @param otherwise who does where nothing is asked */
export function signerOption<T>(yargs: Argv<T>, otherwise: string): Argv<T> {
  return yargs.option("signer", {
    type: "string",
    requiresArg: true,
    describe: "the CA that signs: root, intermediate, or the name of another intermediate",
    defaultDescription: otherwise,
  });
}

/** A name that an intermediate can have: it becomes a file's name and the common name. */
export const caName = once.regex(/^[A-Za-z0-9._-]{1,64}$/, {
  error: ({ input }) =>
    `expected 1 to 64 letters, digits, dots, hyphens or underscores, got "${String(input)}"`,
});

/** Every schema of an action begins with these. */
export type CertsFlags = z.output<z.ZodObject<typeof commonFields>>;
