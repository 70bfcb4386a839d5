import { appendFile } from "node:fs/promises";
import { resolve } from "node:path";

import { fileTrouble } from "../base/file-trouble.ts";
import type { Results } from "../output/results.ts";
import { stepSummary } from "../output/step-summary.ts";
import type { RunContext } from "./run-options.ts";

/**
 * Adds the run to the page of its GitHub Actions job, where it runs in one. Others add to the same file. What cannot be
 * written is a warning: the verdict is about the fleet. Source: GitHub Docs, "Workflow commands for GitHub Actions",
 * "Adding a job summary".
 */
export async function tellGitHub(
  results: Results,
  { env, cwd, console }: Pick<RunContext, "env" | "cwd" | "console">,
): Promise<void> {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  try {
    await appendFile(resolve(cwd, file), stepSummary(results), "utf8");
  } catch (error) {
    console.warning(`GITHUB_STEP_SUMMARY was not written (${file}): ${fileTrouble(error)}`);
  }
}
