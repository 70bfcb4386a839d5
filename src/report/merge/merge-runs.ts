import { createWriteStream } from "node:fs";
import { appendFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { FleetError } from "../../base/errors.ts";
import { makeDir } from "../../base/make-dir.ts";
import type { RunEvent } from "../../output/output.ts";
import type { Results } from "../../output/results.ts";
import { cannotWrite } from "../../output/write-file.ts";
import { rebuildResults } from "../rebuild-results.ts";
import { checkOutDir, noFolder } from "../results-folder.ts";
import type { CheckedPart } from "./check-parts.ts";
import { checkParts } from "./check-parts.ts";
import { mergedEvents } from "./merged-events.ts";
import { mergedRunId } from "./merged-head.ts";
import type { Part } from "./part.ts";
import { readPart } from "./part.ts";

/** What became of parts. */
export interface MergedRuns {
  readonly parts: readonly CheckedPart[];
  readonly results: Results;
  /** Absolute. */
  readonly outDir: string;
}

/**
 * Merges the records of the parts of a plan into that of one run, and judges it: every result file is what a run of the
 * whole plan would have written. Nothing is lost: counts and histograms are sums, events keep their order.
 *
 * @param dirs folders of the parts, in any order, absolute and as the user wrote them
 * @param options `partial`: some parts may be missing; `outDir`: absolute, for the name of the run that was merged; must
 *   hold no run
 * @throws {FleetError} `FILE_INVALID` where the parts do not belong together, or cannot be read; `USAGE` where the files
 *   cannot be written
 */
export async function mergeRuns(
  dirs: readonly { readonly dir: string; readonly shown: string }[],
  options: { readonly partial: boolean; readonly outDir: (runId: string) => string },
): Promise<MergedRuns> {
  const read: Part[] = [];
  for (const { dir, shown } of dirs) read.push(await readPart(dir, shown));
  const parts = checkParts(read, options);
  const outDir = options.outDir(mergedRunId(parts));
  await checkOutDir(outDir);
  try {
    makeDir(outDir);
  } catch (error) {
    throw noFolder(outDir, error);
  }
  const results = await writeAll(parts, outDir);
  return { parts, results, outDir };
}

async function writeAll(parts: readonly CheckedPart[], outDir: string): Promise<Results> {
  const file = join(outDir, "run.ndjson");
  try {
    await pipeline(linesOf(mergedEvents(parts)), createWriteStream(file, { flags: "wx" }));
    const { results } = await rebuildResults({ dir: outDir, shown: outDir, outDir });
    const { summary } = results;
    const t = Math.round(summary.run.durationS * 1_000);
    await appendFile(file, lineOf({ type: "summary", t, summary }));
    return results;
  } catch (error) {
    // Half a record would pass for that of a run that was killed.
    await rm(file, { force: true });
    throw error instanceof FleetError ? error : cannotWrite(file, "a file to write to", error);
  }
}

const lineOf = (event: RunEvent): string => `${JSON.stringify(event)}\n`;

async function* linesOf(events: AsyncIterable<RunEvent>): AsyncGenerator<string> {
  for await (const event of events) yield lineOf(event);
}
