import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

import type { Snapshot } from "../../metrics/snapshot.ts";
import type { JournalLine } from "./journal-line.ts";
import { toJournalRow } from "./journal-row.ts";
import { JournalState } from "./journal-state.ts";

/** The file is written anew once it has so many times the bytes that it had when it last was, and at least these. */
const GROWTH = 4;
const LEAST_BYTES = 1_048_576;

/** Anybody may read it: nothing in it is secret. */
const MODE = 0o644;

/**
 * What a run must know to be resumed and `run.ndjson` does not tell, as lines of a file. A line is in the hands of the
 * system when the call returns, so that no end of this process loses it; there is no `fsync`, since a loss of power ends
 * the devices' hub as well. Trouble with the disk ends the journal, and not the run.
 */
export class Journal {
  readonly #path: string;
  readonly #state: JournalState;
  readonly #onLoss: (error: unknown) => void;
  #fd: number | undefined;
  #bytes = 0;
  #wholeBytes = 0;

  /**
   * Begins the file, or begins it anew with what was in it.
   *
   * @param onLoss told once when the disk takes no more: the file is gone then
   */
  constructor(
    path: string,
    onLoss: (error: unknown) => void,
    state: JournalState = new JournalState(),
  ) {
    this.#path = path;
    this.#onLoss = onLoss;
    this.#state = state;
    this.#guarded(() => this.#rewrite());
  }

  /** Adds what a worker told. */
  told({ worker, boot, counters, devices, resources }: Snapshot): void {
    const { cpuS, rssBytes } = resources;
    const rows = devices.map(toJournalRow);
    this.add({ type: "told", worker, boot, counters, rows, cpuS, rssBytes });
  }

  /** The highest that a worker was started with. */
  get boot(): number {
    return this.#state.boot;
  }

  add(line: JournalLine): void {
    if (this.#fd === undefined) return;
    this.#state.apply(line);
    this.#guarded(() => {
      this.#append([line]);
      if (this.#bytes > Math.max(LEAST_BYTES, GROWTH * this.#wholeBytes)) this.#rewrite();
    });
  }

  /** Safe to call twice; nothing is added after it. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** The run is over, and nothing of it is left to be resumed. */
  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  /** Under another name first: a kill in between leaves the old one whole. */
  #rewrite(): void {
    const unfinished = `${this.#path}.new`;
    this.close();
    this.#fd = openSync(unfinished, "w", MODE);
    this.#bytes = 0;
    this.#append(this.#state.lines());
    this.#wholeBytes = this.#bytes;
    renameSync(unfinished, this.#path);
  }

  #append(lines: Iterable<JournalLine>): void {
    if (this.#fd === undefined) return;
    const text = [...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
    const buffer = Buffer.from(text);
    // A disk that is nearly full takes a part.
    for (let at = 0; at < buffer.length;) at += writeSync(this.#fd, buffer, at);
    this.#bytes += buffer.length;
  }

  #guarded(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.remove();
      rmSync(`${this.#path}.new`, { force: true });
      this.#onLoss(error);
    }
  }
}
