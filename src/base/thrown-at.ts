import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

/** A line of a stack that names a file: `at f (PLACE)` or `at PLACE`, PLACE being `FILE:LINE:COLUMN`. */
const FRAME = /^\s*at (?:.*\()?(?<file>(?:file:\/\/|\/|[A-Za-z]:\\).*?):(?<line>\d+):\d+\)?$/;

/**
 * Where an error was thrown, as `FILE:LINE`: the innermost line of its stack that is in a file. No column: of what was
 * transpiled it is another one. Never throws.
 *
 * @returns undefined where the error has no such line
 */
export function thrownAt(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof error.stack !== "string") return undefined;
  for (const line of error.stack.split("\n")) {
    const { file, line: at } = FRAME.exec(line)?.groups ?? {};
    if (file !== undefined) return `${pathOf(file)}:${at}`;
  }
  return undefined;
}

/** What was thrown and where, in one line: `TypeError: x is no number (/models/mine.mjs:7)`. Never throws. */
export function describeThrown(error: unknown): string {
  const place = thrownAt(error);
  const said =
    error instanceof Error
      ? `${error.name}: ${error.message}`
      : typeof error === "string"
        ? error
        : inspect(error, { depth: 0, breakLength: Infinity });
  const [first = ""] = said.split("\n", 1);
  return place === undefined ? first : `${first} (${place})`;
}

function pathOf(file: string): string {
  if (!file.startsWith("file:")) return file;
  try {
    return fileURLToPath(file.replace(/\?.*$/, ""));
  } catch {
    return file;
  }
}
