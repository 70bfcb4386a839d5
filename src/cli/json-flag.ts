import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import type { z } from "zod";

import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";

/**
 * The JSON that a flag gives, or, as `@FILE`, a file.
 *
 * @param given.flag such as `--desired`; `given.text`: its value
 * @throws {FleetError} `USAGE` or `FILE_INVALID` with every problem at its place
 */
export async function readJsonFlag<Schema extends z.ZodType>(
  schema: Schema,
  given: { readonly flag: string; readonly text: string },
  cwd: string,
): Promise<z.output<Schema>> {
  const { flag, text } = given;
  const file = text.startsWith("@") ? text.slice(1) : undefined;
  const place = file ?? flag;
  const value = parsed(file === undefined ? text : await contentOf(file, flag, cwd), place, file);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw wrong(
    file,
    result.error.issues.map(({ path, message }) => ({
      place: [place, ...path.map(String)].join(" "),
      message,
    })),
  );
}

async function contentOf(file: string, flag: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (cause) {
    const message = `expected a file with JSON, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", `${file}: ${message}`, {
      problems: [{ place: file, message }],
      hint: `check ${flag}`,
      cause,
    });
  }
}

function parsed(text: string, place: string, file: string | undefined): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const said = cause instanceof Error ? `: ${cause.message}` : "";
    throw wrong(file, [{ place, message: `expected JSON, got other text${said}` }], {
      hint: `quote it for the shell: '{"temperature": 50.123}', or put it into a file: @FILE`,
      cause,
    });
  }
}

const wrong = (
  file: string | undefined,
  problems: readonly Problem[],
  options: { readonly hint?: string; readonly cause?: unknown } = {},
): FleetError =>
  file === undefined
    ? new FleetError("USAGE", "the command line is wrong", { problems, ...options })
    : new FleetError("FILE_INVALID", `${file}: this will not do`, { problems, ...options });
