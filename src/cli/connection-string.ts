import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import type { Host } from "./host.ts";

/** A service's connection string, and what messages call the place that it came from. */
export interface GivenConnectionString {
  readonly text: string;
  readonly source: string;
}

/**
 * The connection string that a file holds, or else the environment; undefined where there is none.
 *
 * @param from.file as the user named it; undefined where the flag was not given
 * @throws {FleetError} `FILE_INVALID`
 */
export async function givenConnectionString(
  from: {
    readonly file: string | undefined;
    /** The flag of the file, such as `--dps-connection-string-file`. */
    readonly flag: string;
    /** Microsoft's name of the variable. */
    readonly variable: string;
  },
  { env, cwd }: Pick<Host, "env" | "cwd">,
): Promise<GivenConnectionString | undefined> {
  const { file, flag, variable } = from;
  if (file === undefined) {
    const text = env[variable];
    return text ? { text, source: variable } : undefined;
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
