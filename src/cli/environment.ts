import { z } from "zod";

import type { Host } from "./host.ts";

/** The part of yargs' own option table that is read here; its typings leave it out. */
const optionTable = z.object({
  key: z.record(z.string(), z.unknown()),
  boolean: z.array(z.string()).default([]),
  number: z.array(z.string()).default([]),
  array: z.array(z.string()).default([]),
});

/** `connect-to` is `DPS_FLEET_CONNECT_TO`. */
export const environmentName = (option: string): string =>
  `DPS_FLEET_${option.toUpperCase().replaceAll("-", "_")}`;

/** How options get into the environment, for help. */
export const ENVIRONMENT_HELP = `Each option can be given in the environment too: --log-level as
${environmentName("log-level")}. A flag beats the environment, which beats the scenario.`;

/** Words that switch a flag on; anything else switches it off. */
const isOn = (text: string): boolean => ["1", "true", "yes", "on"].includes(text.toLowerCase());

const camelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());

function tableOf(parser: unknown): z.infer<typeof optionTable> | undefined {
  if (typeof parser !== "object" || parser === null || !("getOptions" in parser)) return undefined;
  if (typeof parser.getOptions !== "function") return undefined;
  const table: unknown = parser.getOptions();
  return optionTable.safeParse(table).data;
}

/**
 * Fills options of the chosen command that the command line left out from `DPS_FLEET_<NAME>`. yargs' own `.env()` is
 * not used: it reads the process's environment and refuses a name that is meant for another command.
 *
 * @returns the names of all options of the command
 */
export function applyEnvironment(
  given: Record<string, unknown>,
  parser: unknown,
  host: Pick<Host, "argv" | "env">,
): readonly string[] {
  const table = tableOf(parser);
  if (table === undefined) return [];
  const names = Object.keys(table.key);
  for (const name of names) {
    const text = host.env[environmentName(name)];
    // Not asked of `given`: yargs has filled defaults in there.
    const typed = host.argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    if (text === undefined || text === "" || typed) continue;
    const value = table.boolean.includes(name)
      ? isOn(text)
      : table.number.includes(name)
        ? Number(text)
        : table.array.includes(name)
          ? [text]
          : text;
    given[name] = value;
    given[camelCase(name)] = value;
  }
  return names;
}
