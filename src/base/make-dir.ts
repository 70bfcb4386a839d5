import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

const isDir = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Makes a folder and those above it; one that is there stays as it is. Throws Node's error where it cannot.
 *
 * Node's own `recursive` never returns where a file system refuses a folder with ENOENT, as /proc does.
 *
 * @param mode of the folders that are made
 */
export function makeDir(path: string, mode = 0o777): void {
  if (isDir(path)) return;
  const above = dirname(path);
  if (above !== path) makeDir(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isDir(path)) throw error;
  }
}

/** Throws Node's error where `path` cannot be a folder to write to, as far as that shows without writing. */
export function checkWritable(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  const above = dirname(path);
  if (found === undefined && above !== path) checkWritable(above);
  else accessSync(found?.isDirectory() === true ? path : `${path}/.`, constants.W_OK);
}
