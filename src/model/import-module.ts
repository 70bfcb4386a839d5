import { pathToFileURL } from "node:url";
import { FleetError, messageOf } from "../base/errors.ts";
import { describeThrown } from "../base/thrown-at.ts";
import { typeScriptLoader } from "./typescript-loader.ts";

/**
 * Imports a module of a user's: JavaScript as Node does, TypeScript transpiled in this process.
 *
 * @param path absolute
 * @param name as the user wrote it, for messages
 * @throws {FleetError} `SCENARIO_INVALID` with file, line and column of what is no JavaScript or TypeScript, and with
 *   file and line of what was thrown
 */
export async function importModule(path: string, name: string): Promise<unknown> {
  const isTypeScript = /\.[cm]?ts$/.test(path);
  try {
    if (!isTypeScript) return await import(pathToFileURL(path).href);
    return await (await typeScriptLoader()).import(path);
  } catch (error) {
    const syntax = isTypeScript ? mistakeOf(error) : await nativeMistake(error, path);
    const why = syntax ?? `while it is loaded: ${describeThrown(error)}`;
    throw new FleetError("SCENARIO_INVALID", `device model ${name}: ${why}`, { cause: error });
  }
}

/** What jiti says of a text that it cannot parse: the reason, then FILE:LINE:COLUMN, its columns from 0. */
const PARSE_ERROR = /^ParseError: (?<reason>.*)\n\s*(?<file>.*):(?<line>\d+):(?<column>\d+)\s*$/;

function mistakeOf(error: unknown): string | undefined {
  const { reason, file, line, column } = PARSE_ERROR.exec(messageOf(error))?.groups ?? {};
  if (reason === undefined) return undefined;
  return `${file}:${line}:${Number(column) + 1}: ${reason.trim()}`;
}

/** Node does not tell where a module is no JavaScript: jiti, which reads it and what it imports, does. */
async function nativeMistake(error: unknown, path: string): Promise<string | undefined> {
  if (!(error instanceof Error) || error.name !== "SyntaxError") return undefined;
  try {
    await (await typeScriptLoader()).import(path);
  } catch (told) {
    return mistakeOf(told) ?? error.message;
  }
  return error.message;
}
