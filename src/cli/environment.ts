import { z } from "zod";

import { switchOf } from "./flag-fields.ts";
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

/** Not settings: a `DPS_FLEET_VERSION` of somebody's build must not be one. */
const NOT_SETTINGS: readonly string[] = ["help", "version"];

const camelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());

function tableOf(parser: unknown): z.infer<typeof optionTable> | undefined {
  if (typeof parser !== "object" || parser === null || !("getOptions" in parser)) return undefined;
  if (typeof parser.getOptions !== "function") return undefined;
  const table: unknown = parser.getOptions();
  return optionTable.safeParse(table).data;
}

/** The options of a command, and which of them the environment gave. */
export interface KnownOptions {
  readonly names: readonly string[];
  readonly fromEnvironment: ReadonlySet<string>;
}

/**
 * Fills options of the chosen command that the command line left out from `DPS_FLEET_<NAME>`. yargs' own `.env()` is
 * not used: it reads the process's environment and refuses a name that is meant for another command. A switch that is
 * neither on nor off stays a text, for the command's own check to tell with all else that is wrong.
 */
export function applyEnvironment(
  given: Record<string, unknown>,
  parser: unknown,
  host: Pick<Host, "argv" | "env">,
): KnownOptions {
  const table = tableOf(parser);
  const fromEnvironment = new Set<string>();
  if (table === undefined) return { names: [], fromEnvironment };
  const names = Object.keys(table.key);
  for (const name of names) {
    if (NOT_SETTINGS.includes(name)) continue;
    const text = host.env[environmentName(name)];
    // Not asked of `given`: yargs has filled defaults in there.
    const typed = host.argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    if (text === undefined || text === "" || typed) continue;
    const value = table.boolean.includes(name)
      ? (switchOf(text) ?? text)
      : table.number.includes(name)
        ? Number(text)
        : table.array.includes(name)
          ? [text]
          : text;
    fromEnvironment.add(name);
    given[name] = value;
    given[camelCase(name)] = value;
  }
  return { names, fromEnvironment };
}
