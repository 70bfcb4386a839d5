import { join } from "node:path";

import { devicesCsv } from "../output/devices-csv.ts";
import { junitXml } from "../output/junit.ts";
import type { Results } from "../output/results.ts";
import { writeFileAtomic } from "../output/write-file.ts";

/**
 * Writes what follows from a run's events: `devices.csv`, `junit.xml` and `summary.json`, each as a whole. Files of
 * these names are replaced.
 *
 * @throws the error of the file system, where a file cannot be written
 */
export async function writeResults(dir: string, results: Results): Promise<void> {
  const summary = `${JSON.stringify(results.summary, undefined, 2)}\n`;
  await writeFileAtomic(join(dir, "devices.csv"), devicesCsv(results.rows));
  await writeFileAtomic(join(dir, "junit.xml"), junitXml(results));
  await writeFileAtomic(join(dir, "summary.json"), summary);
}
