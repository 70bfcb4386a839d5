/**
 * `npm test`: every check and every test, closed by the line `N passed, N failed` (`, N skipped`). A check counts as one.
 * `node scripts/test.mjs long` runs the long tests only.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const long = process.argv[2] === "long";
const totals = { passed: 0, failed: 0, skipped: 0 };

function run(bin, args) {
  const path = join(root, "node_modules", bin);
  const result = spawnSync(process.execPath, [path, ...args], { cwd: root, stdio: "inherit" });
  return result.status === 0;
}

/** What it prints is shown when it ends: several run at once. */
function check(name, bin, args) {
  return new Promise((resolve) => {
    const path = join(root, "node_modules", bin);
    const child = spawn(process.execPath, [path, ...args], { cwd: root });
    const printed = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => printed.push(chunk));
    }
    child.once("error", (error) => printed.push(Buffer.from(`${error.message}\n`)));
    child.once("close", (code) => {
      const passed = code === 0;
      totals[passed ? "passed" : "failed"] += 1;
      process.stdout.write(Buffer.concat(printed));
      process.stdout.write(`${passed ? "✓" : "✗"} ${name}\n`);
      resolve();
    });
  });
}

function countTests(file) {
  const report = JSON.parse(readFileSync(file, "utf8"));
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  // A file that broke on import has no failed test of its own.
  totals.failed += report.testResults.filter(
    (module) => module.status === "failed" && module.assertionResults.length === 0,
  ).length;
  for (const module of report.testResults) {
    for (const test of module.assertionResults) {
      if (test.status === "skipped" || test.status === "pending") {
        process.stdout.write(`- skipped: ${test.fullName}\n`);
      }
    }
  }
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "dps-fleet-test-"));
  const report = join(folder, "report.json");
  const config = long ? ["--config", "vitest.long.config.ts"] : [];
  const passed = run("vitest/vitest.mjs", [
    "run",
    ...config,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const before = totals.failed;
  try {
    countTests(report);
  } catch (error) {
    process.stdout.write(`✗ no test report: ${error.message}\n`);
  }
  // An unhandled error fails a run without failing a test.
  if (!passed && totals.failed === before) totals.failed += 1;
  rmSync(folder, { recursive: true, force: true });
}

if (!long) {
  const folders = ["src", "devices", "scripts", "test"];
  // The format has one thread, and takes as long as the others together.
  const format = check("format", "prettier/bin/prettier.cjs", ["--check", "--log-level=warn", "."]);
  await check("lint", "oxlint/bin/oxlint", ["--type-aware", "--deny-warnings", ...folders]);
  await check("types", "typescript/bin/tsc", ["-b"]);
  await format;
}
runTests();

const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed${skipped}\n`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
