import type { Argv } from "yargs";
import type { z } from "zod";

import type { SecretRef } from "../base/secret-ref.ts";
import { FleetError } from "../base/errors.ts";
import { readSecret } from "../secrets/secret.ts";
import { once } from "./flag-fields.ts";
import type { Host } from "./host.ts";
import { secretFileRef } from "./secret-file.ts";

/** The name of a variable that holds a secret, which is never the value of a flag: arguments are visible to others. */
export const secretVariable = once.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  // What was given may be the secret itself.
  error: "expected the name of an environment variable, got something else",
});
const file = once.min(1, "expected a file, got an empty name");

/** Schema of the options of {@link passphraseOptions}. */
export const passphraseFields = {
  passphraseEnv: secretVariable.optional(),
  passphraseFile: file.optional(),
};

/** Schema of the options of {@link passwordOptions}. */
export const passwordFields = {
  passwordEnv: secretVariable.optional(),
  passwordFile: file.optional(),
};

/** Schema of the options of {@link signerPassphraseOptions}. */
export const signerPassphraseFields = {
  signerPassphraseEnv: secretVariable.optional(),
  signerPassphraseFile: file.optional(),
};

/** Adds where the passphrase of a private key is. @param what says which key, for help */
export function passphraseOptions<T>(yargs: Argv<T>, what: string): Argv<T> {
  return secretOptions(yargs, "passphrase", `passphrase of ${what}`);
}

/** Adds where the passphrase of the signer's key is, where it is another one. */
export function signerPassphraseOptions<T>(yargs: Argv<T>): Argv<T> {
  return secretOptions(yargs, "signer-passphrase", "passphrase of the signer's key");
}

/** Adds where the password of a PFX is. @param what says which PFX, for help */
export function passwordOptions<T>(yargs: Argv<T>, what: string): Argv<T> {
  return secretOptions(yargs, "password", `password of ${what}`);
}

function secretOptions<T>(yargs: Argv<T>, name: string, what: string): Argv<T> {
  return yargs
    .option(`${name}-env`, {
      type: "string",
      requiresArg: true,
      describe: `environment variable with the ${what}`,
    })
    .option(`${name}-file`, {
      type: "string",
      requiresArg: true,
      describe: `file, or URI in Azure Key Vault, with the ${what}`,
    });
}

type PassphraseFlags = z.output<z.ZodObject<typeof passphraseFields>>;
type PasswordFlags = z.output<z.ZodObject<typeof passwordFields>>;

/**
 * The passphrase that the command line names; undefined = it names none.
 *
 * @throws {FleetError} `USAGE` where both places are named, `FILE_INVALID` where nothing can be read there
 */
export function givenPassphrase(
  { passphraseEnv, passphraseFile }: PassphraseFlags,
  host: Pick<Host, "env" | "cwd">,
): Promise<string | undefined> {
  return givenSecret("passphrase", passphraseEnv, passphraseFile, host);
}

/** The passphrase of the signer's key that the command line names, as {@link givenPassphrase} does. */
export function givenSignerPassphrase(
  {
    signerPassphraseEnv,
    signerPassphraseFile,
  }: z.output<z.ZodObject<typeof signerPassphraseFields>>,
  host: Pick<Host, "env" | "cwd">,
): Promise<string | undefined> {
  return givenSecret("signer-passphrase", signerPassphraseEnv, signerPassphraseFile, host);
}

/** The password that the command line names, as {@link givenPassphrase} does. */
export function givenPassword(
  { passwordEnv, passwordFile }: PasswordFlags,
  host: Pick<Host, "env" | "cwd">,
): Promise<string | undefined> {
  return givenSecret("password", passwordEnv, passwordFile, host);
}

async function givenSecret(
  name: string,
  env: string | undefined,
  fileName: string | undefined,
  host: Pick<Host, "env" | "cwd">,
): Promise<string | undefined> {
  if (env !== undefined && fileName !== undefined) {
    throw new FleetError("USAGE", "the command line is wrong", {
      problems: [{ place: `--${name}-file`, message: `expected no ${name} but --${name}-env` }],
      hint: "leave one of them out",
    });
  }
  const ref: SecretRef | undefined =
    env !== undefined
      ? { env }
      : fileName === undefined
        ? undefined
        : secretFileRef(fileName, host);
  return ref === undefined ? undefined : readSecret(ref, host.env);
}
