import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { tellGitHub } from "../../../src/run/tell-github.ts";
import { temporaryDir } from "../../support/pki.ts";
import { runResults } from "../../support/results.ts";

function consoleOf(warnings: string[]) {
  return {
    phase: () => {},
    progress: () => {},
    status: () => {},
    warning: (text: string) => void warnings.push(text),
  };
}

test("the step's summary is appended to what is there, for each run once", async () => {
  using dir = temporaryDir();
  const file = join(dir.path, "step.md");
  writeFileSync(file, "# Before\n");
  const warnings: string[] = [];
  const context = {
    env: { GITHUB_STEP_SUMMARY: file },
    cwd: dir.path,
    console: consoleOf(warnings),
  };
  await tellGitHub(runResults({ scenario: "one" }), context);
  await tellGitHub(runResults({ scenario: "two" }), context);
  const text = readFileSync(file, "utf8");
  expect(text.match(/^#+ .*$/gm)).toEqual(["# Before", "## ✅ one: passed", "## ✅ two: passed"]);
  expect(warnings).toEqual([]);
});

test("a summary that cannot be written is a warning and fails nothing", async () => {
  using dir = temporaryDir();
  const warnings: string[] = [];
  const env = { GITHUB_STEP_SUMMARY: dir.path };
  await tellGitHub(runResults(), { env, cwd: dir.path, console: consoleOf(warnings) });
  expect(warnings).toEqual([`GITHUB_STEP_SUMMARY was not written (${dir.path}): it is a folder`]);
});

test.each([{}, { GITHUB_STEP_SUMMARY: "" }])(
  "without a job nothing is written: %j",
  async (env) => {
    using dir = temporaryDir();
    const warnings: string[] = [];
    await tellGitHub(runResults(), { env, cwd: dir.path, console: consoleOf(warnings) });
    expect(warnings).toEqual([]);
  },
);
