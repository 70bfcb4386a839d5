import { join } from "node:path";

import { devicesCsv } from "../output/devices-csv.ts";
import { junitXml } from "../output/junit.ts";
import type { OnLoss } from "../output/lost-results.ts";
import type { Results } from "../output/results.ts";
import { writeFileAtomic } from "../output/write-file.ts";

/** What follows from a run's results; the shortest and most wanted first, should the disk fill up. */
const FILES: readonly (readonly [name: string, text: (results: Results) => string])[] = [
  ["summary.json", ({ summary }) => `${JSON.stringify(summary, undefined, 2)}\n`],
  ["junit.xml", junitXml],
  ["devices.csv", ({ rows }) => devicesCsv(rows)],
];

/**
 * Writes the files that follow from a run's events, each as a whole or not at all. Files of these names are replaced.
 *
 * @param onLoss told of each file that cannot be written; the others are
 */
export async function writeResults(dir: string, results: Results, onLoss: OnLoss): Promise<void> {
  for (const [name, text] of FILES) {
    const path = join(dir, name);
    try {
      await writeFileAtomic(path, text(results));
    } catch (error) {
      onLoss(path, error);
    }
  }
}
