import { access, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { errorCode } from "../../base/error-code.ts";
import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { makeDir } from "../../base/make-dir.ts";

/** The example, in this package: beside `src` in the source tree, beside `dist` in the build. */
const EXAMPLE = new URL(
  `${import.meta.url.endsWith(".ts") ? "" : "../"}../../../docs/examples/new-device/`,
  import.meta.url,
);
/** What the example calls itself, in its text and in the names of its files. */
const EXAMPLE_NAME = "my-device";

/** Absolute paths. */
export interface DeviceFiles {
  readonly model: string;
  readonly test: string;
}

/**
 * Writes the example under a name of its own: `NAME/NAME.mjs` and `NAME/NAME.test.mjs`.
 *
 * @param options `dir`: where the folder comes, absolute; `force`: files that are there are replaced
 * @throws {FleetError} `FOREIGN_FILE` with every file that is in the way, and nothing is written then; `USAGE` where it
 *   cannot be written
 */
export async function writeDevice(options: {
  readonly name: string;
  readonly dir: string;
  readonly force: boolean;
}): Promise<DeviceFiles> {
  const { name, dir, force } = options;
  const folder = join(dir, name);
  const files = { model: join(folder, `${name}.mjs`), test: join(folder, `${name}.test.mjs`) };
  const shown = (path: string): string => relative(dir, path);
  if (!force) await checkFree(Object.values(files), shown);
  try {
    makeDir(folder);
    for (const [ending, path] of [
      [".mjs", files.model],
      [".test.mjs", files.test],
    ] as const) {
      const text = await readFile(new URL(`${EXAMPLE_NAME}${ending}`, EXAMPLE), "utf8");
      await writeFile(path, text.replaceAll(EXAMPLE_NAME, name), { flag: force ? "w" : "wx" });
    }
  } catch (error) {
    const message = `expected a folder to write to, got: ${fileTrouble(error)}`;
    throw new FleetError("USAGE", "the device cannot be written", {
      problems: [{ place: shown(folder), message }],
      cause: error,
    });
  }
  return files;
}

async function checkFree(paths: readonly string[], shown: (path: string) => string): Promise<void> {
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      await access(path);
      problems.push({ place: shown(path), message: "expected no file, got one" });
    } catch (error) {
      // Whatever else keeps it from being written is told by writing it.
      if (errorCode(error) === undefined) throw error;
    }
  }
  if (problems.length === 0) return;
  throw new FleetError("FOREIGN_FILE", "there are files in the way, and nothing was written", {
    problems,
    hint: "--force replaces them; or take another name",
  });
}
