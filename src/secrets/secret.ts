import { readFile } from "node:fs/promises";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import type { SecretRef } from "../base/secret-ref.ts";
import type { KeyVaultOptions } from "./key-vault.ts";

/**
 * The secret itself. A line feed at the end of a file is not part of it.
 *
 * @throws {FleetError} `FILE_INVALID` if the variable is not set or the file cannot be read; what a vault's reader throws
 */
export async function readSecret(
  ref: SecretRef,
  env: Readonly<Record<string, string | undefined>>,
  vault: Omit<KeyVaultOptions, "env"> = {},
): Promise<string> {
  if ("keyVault" in ref) {
    const { keyVaultReader } = await import("./key-vault.ts");
    return keyVaultReader({ ...vault, env })(ref.keyVault);
  }
  if ("env" in ref) {
    const value = env[ref.env];
    if (value !== undefined) return value;
    // Names of variables are in capitals; what is not may be the secret itself, in the wrong place.
    const name = /^[A-Z_][A-Z0-9_]*$/.test(ref.env) ? ref.env : undefined;
    const place = name ?? "a variable whose name is not in capitals, so that it is not shown";
    throw secretProblem(place, "expected an environment variable, it is not set", {
      hint: `set it: export ${name ?? "NAME"}=…`,
    });
  }
  try {
    return (await readFile(ref.file, "utf8")).replace(/\r?\n$/, "");
  } catch (cause) {
    throw secretProblem(ref.file, `expected a file with a secret, got: ${fileTrouble(cause)}`, {
      hint: "correct the path, or write the secret into that file",
      cause,
    });
  }
}

function secretProblem(
  place: string,
  message: string,
  options: { hint?: string; cause?: unknown },
): FleetError {
  return new FleetError("FILE_INVALID", `${place}: ${message}`, {
    ...options,
    problems: [{ place, message, hint: options.hint }],
  });
}
