import { basename } from "node:path";

import { fileTrouble } from "../base/file-trouble.ts";

/** Told of a file that the disk does not take, or no more of. @param error of the file system */
export type OnLoss = (path: string, error: unknown) => void;

/** Result files that are not whole, because the disk did not take them. */
export class LostResults {
  readonly #names = new Set<string>();
  readonly #warn: (text: string) => void;

  /** @param warn told of each file, once */
  constructor(warn: (text: string) => void) {
    this.#warn = warn;
  }

  /** Notes what writing a file failed with. */
  readonly add: OnLoss = (path, error) => {
    const name = basename(path);
    if (this.#names.has(name)) return;
    this.#names.add(name);
    this.#warn(`${name} is not whole: ${fileTrouble(error)}`);
  };

  /** Names of the files, in the order in which they were lost. */
  get names(): readonly string[] {
    return [...this.#names];
  }
}
