import { join } from "node:path";

import { devicesCsv } from "../output/devices-csv.ts";
import { junitXml } from "../output/junit.ts";
import type { OnLoss } from "../output/lost-results.ts";
import { writeFileAtomic } from "../output/write-file.ts";
import type { ReportSource } from "./html/make-report-data.ts";
import { renderReport } from "./html/render-report.ts";

/** What follows from a run's results; the shortest and most wanted first, should the disk fill up. */
const FILES: readonly (readonly [
  name: string,
  text: (source: ReportSource) => string | Promise<string>,
])[] = [
  ["summary.json", ({ results }) => `${JSON.stringify(results.summary, undefined, 2)}\n`],
  ["junit.xml", ({ results }) => junitXml(results)],
  ["devices.csv", ({ results }) => devicesCsv(results.rows)],
  ["report.html", renderReport],
];

/**
 * Writes the files that follow from a run's events, each as a whole or not at all. Files of these names are replaced.
 *
 * @param onLoss told of each file that cannot be written; the others are
 */
export async function writeResults(
  dir: string,
  source: ReportSource,
  onLoss: OnLoss,
): Promise<void> {
  for (const [name, textOf] of FILES) {
    const path = join(dir, name);
    const text = await textOf(source);
    try {
      await writeFileAtomic(path, text);
    } catch (error) {
      onLoss(path, error);
    }
  }
}
