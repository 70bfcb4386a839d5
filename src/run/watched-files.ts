import type { FSWatcher } from "node:fs";
import { statSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";

/** When what belongs together counts as written, and how often everything is looked at; in ms. */
export interface WatchTimes {
  /** Files of one owner that changed are told once none of them changed for so long. */
  readonly quietMs: number;
  /** Everything is looked at so often, in case the system told nothing, as network file systems do. */
  readonly sweepMs: number;
}

export const WATCH_TIMES: WatchTimes = { quietMs: 500, sweepMs: 60_000 };

/** Files looked at in one turn of the event loop. */
const FILES_PER_TURN = 500;

/**
 * Watches many files that belong to owners, by one watcher a folder, and tells which owners' files have changed. The
 * system's word only says where to look: a file counts as changed where its time, size or inode are others than before,
 * so that nothing is told twice, and a sweep finds what the system did not tell.
 */
export class WatchedFiles {
  readonly #onChange: (owners: readonly string[]) => void;
  readonly #times: WatchTimes;
  readonly #ownerOf: ReadonlyMap<string, string>;
  readonly #filesOf = new Map<string, string[]>();
  readonly #states = new Map<string, string>();
  readonly #watchers: FSWatcher[] = [];
  /** Owners with changed files, and when they were last seen to change, ms of `performance.now()`. */
  readonly #changed = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** Begins at once: what the files are now is what they are compared with. @param files owner by absolute path */
  constructor(options: {
    readonly files: ReadonlyMap<string, string>;
    readonly onChange: (owners: readonly string[]) => void;
    readonly times?: WatchTimes | undefined;
  }) {
    this.#ownerOf = options.files;
    this.#onChange = options.onChange;
    this.#times = options.times ?? WATCH_TIMES;
    // Before the first look: what changes between the two is seen twice, not never.
    for (const folder of new Set([...options.files.keys()].map((file) => dirname(file)))) {
      this.#watch(folder);
    }
    for (const [file, owner] of options.files) {
      this.#states.set(file, stateOf(file));
      const others = this.#filesOf.get(owner);
      if (others === undefined) this.#filesOf.set(owner, [file]);
      else others.push(file);
    }
    this.#sweepLater();
  }

  /** Tells nothing any more; safe to call twice. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#sweeper);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null) this.#sweep();
        else this.#look(join(folder, basename(name)));
      });
      // A folder that is gone, or a system that watches no more: the sweep still looks.
      watcher.on("error", () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // The folder is not there, or the system has no watcher left: the sweep still looks.
    }
  }

  #look(file: string): void {
    const owner = this.#ownerOf.get(file);
    if (owner === undefined || this.#isStopped) return;
    const state = stateOf(file);
    if (state === this.#states.get(file)) return;
    this.#states.set(file, state);
    this.#changed.set(owner, performance.now());
    this.#timer ??= setTimeout(() => this.#tell(), this.#times.quietMs);
  }

  /** Tells the owners whose files are quiet, and comes back for the others. */
  #tell(): void {
    const { quietMs } = this.#times;
    // The system may not have told of the second file of two yet.
    for (const owner of this.#changed.keys()) {
      for (const file of this.#filesOf.get(owner) ?? []) this.#look(file);
    }
    this.#timer = undefined;
    const nowMs = performance.now();
    const quiet: string[] = [];
    let firstMs = Infinity;
    for (const [owner, atMs] of this.#changed) {
      // A timer may come up to a millisecond early.
      if (nowMs - atMs >= quietMs - 1) quiet.push(owner);
      else firstMs = Math.min(firstMs, atMs);
    }
    for (const owner of quiet) this.#changed.delete(owner);
    if (firstMs < Infinity) {
      this.#timer = setTimeout(() => this.#tell(), firstMs + quietMs - nowMs);
    }
    if (quiet.length > 0) this.#onChange(quiet);
  }

  #sweepLater(): void {
    if (this.#isStopped) return;
    this.#sweeper = setTimeout(() => this.#sweep(), this.#times.sweepMs);
    this.#sweeper.unref();
  }

  /** Looks at every file, some a turn. */
  #sweep(): void {
    clearTimeout(this.#sweeper);
    const files = [...this.#ownerOf.keys()];
    const next = (from: number): void => {
      if (this.#isStopped) return;
      for (const file of files.slice(from, from + FILES_PER_TURN)) this.#look(file);
      if (from + FILES_PER_TURN < files.length) setImmediate(next, from + FILES_PER_TURN);
      else this.#sweepLater();
    };
    next(0);
  }
}

/** What of a file changes with its content; "" where it is not there. */
function stateOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? "" : `${found.ino} ${found.size} ${found.mtimeNs}`;
}
