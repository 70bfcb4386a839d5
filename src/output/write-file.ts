import { rename, rm, writeFile } from "node:fs/promises";

import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";

/** Why results are not on disk. @param expected what should be at `place`, such as `a folder to write to` */
export const cannotWrite = (place: string, expected: string, error: unknown): FleetError =>
  new FleetError("USAGE", "the results cannot be written", {
    hint: "give another folder with --out",
    problems: [{ place, message: `expected ${expected}, got: ${fileTrouble(error)}` }],
    cause: error,
  });

/** Writes a whole file, or leaves the path as it was: nobody ever reads half of it. */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, text, "utf8");
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
