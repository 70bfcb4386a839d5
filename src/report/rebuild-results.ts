import { makeDir } from "../base/make-dir.ts";
import type { Results } from "../output/results.ts";
import { cannotWrite } from "../output/write-file.ts";
import { judge } from "../results/judge.ts";
import { RunCourse } from "./html/run-course.ts";
import { readRecordedRun } from "./recorded-run.ts";
import { checkNothingLost, checkOutDir, noFolder } from "./results-folder.ts";
import { writeResults } from "./write-results.ts";

/**
 * Makes a run's result files again from its `run.ndjson` alone.
 *
 * @param given.dir of the run, absolute; `shown`: as the user wrote it; `outDir`: where the files go, absolute; another
 *   folder than the run's own must hold no run
 * @throws {FleetError} `FILE_INVALID` where there is no record, `USAGE` where the files cannot be written, or would say
 *   less than those that are there
 */
export async function rebuildResults(given: {
  readonly dir: string;
  readonly shown: string;
  readonly outDir: string;
}): Promise<{ readonly results: Results; readonly isWhole: boolean }> {
  const { dir, shown, outDir } = given;
  if (outDir !== dir) await checkOutDir(outDir);
  const course = new RunCourse();
  const { facts, isWhole } = await readRecordedRun(dir, shown, course);
  const results = judge(facts);
  if (!isWhole) await checkNothingLost(outDir, results.summary);
  try {
    makeDir(outDir);
  } catch (error) {
    throw noFolder(outDir, error);
  }
  const source = { results, aggregate: facts.aggregate, course: course.course() };
  await writeResults(outDir, source, (path, error) => {
    throw cannotWrite(path, "a file to write to", error);
  });
  return { results, isWhole };
}
