import type { z } from "zod";

import type { Host } from "../host.ts";
import { promptTerminal } from "../prompt-terminal.ts";
import type { passwordFields } from "../secret-flags.ts";
import { givenPassword } from "../secret-flags.ts";

type PasswordFlags = z.output<z.ZodObject<typeof passwordFields>>;
type Machine = Pick<Host, "env" | "cwd" | "stdin" | "stderr">;

/**
 * The password of PFX files that are there: what the command line names, or else what a person types.
 *
 * @param isNeeded whether there is such a file at all; nobody is asked where there is none
 * @returns undefined = nothing is named and nobody is there to be asked; "" = they have none
 */
export async function pfxPassword(
  flags: PasswordFlags,
  isNeeded: boolean,
  host: Machine,
): Promise<string | undefined> {
  const given = await givenPassword(flags, host);
  const terminal = promptTerminal(host);
  if (given !== undefined || !isNeeded || terminal === undefined) return given;
  const { askSecret } = await import("../../secrets/prompt.ts");
  return askSecret("Password of the PFX (empty = it has none):", terminal);
}

/** The password that new PFX files are to have, as {@link pfxPassword}; a person types it twice. */
export async function newPfxPassword(
  flags: PasswordFlags,
  host: Machine,
): Promise<string | undefined> {
  const given = await givenPassword(flags, host);
  const terminal = promptTerminal(host);
  if (given !== undefined || terminal === undefined) return given;
  const { askNewSecret } = await import("../../secrets/prompt.ts");
  return (await askNewSecret("New password of the PFX (empty = none):", terminal)) ?? "";
}
