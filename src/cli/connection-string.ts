import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import type { DialRule } from "../base/dial.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { secretRefOf } from "../base/secret-ref.ts";
import { readSecret } from "../secrets/secret.ts";
import type { Host } from "./host.ts";

/** A service's connection string, and what messages call the place that it came from. */
export interface GivenConnectionString {
  readonly text: string;
  readonly source: string;
}

/** Where a connection string can be. */
export interface ConnectionStringPlace {
  /** As the user named it: a file, or the URI of a secret in Azure Key Vault; undefined where the flag was not given. */
  readonly file: string | undefined;
  /** The flag of the file, such as `--dps-connection-string-file`. */
  readonly flag: string;
  /** Microsoft's name of the variable. */
  readonly variable: string;
  /** How a vault is reached: rules for port 443, and CAs to trust beside Node's own. */
  readonly connectTo?: readonly DialRule[] | undefined;
  readonly caPem?: string | undefined;
}

/**
 * The connection string that a file or a vault holds, or else the environment; undefined where there is none.
 *
 * @throws {FleetError} `FILE_INVALID`, or what the vault's reader throws
 */
export async function givenConnectionString(
  { file, flag, variable, connectTo, caPem }: ConnectionStringPlace,
  { env, cwd }: Pick<Host, "env" | "cwd">,
): Promise<GivenConnectionString | undefined> {
  if (file === undefined) {
    const text = env[variable];
    return text ? { text, source: variable } : undefined;
  }
  const ref = secretRefOf(file);
  if ("keyVault" in ref) {
    const text = await readSecret(ref, env, { connectTo, caPem });
    return { text: text.trim(), source: file };
  }
  try {
    return { text: (await readFile(resolve(cwd, file), "utf8")).trim(), source: file };
  } catch (cause) {
    const message = `expected a file with a connection string, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", `${file}: ${message}`, {
      cause,
      problems: [{ place: file, message }],
      hint: `check ${flag}`,
    });
  }
}
