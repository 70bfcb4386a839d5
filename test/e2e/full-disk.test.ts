import { expect, test } from "vitest";
import { parseSummary } from "../../src/output/summary-schema.ts";
import { rebuildResults } from "../../src/report/rebuild-results.ts";
import { Program, workplace } from "../support/program.ts";

test.concurrent.each([
  ["is judged by its devices", [], 0, "passed"],
  ["fails with --strict", ["--strict"], 99, "failed"],
])(
  "where the disk takes no more of run.ndjson, the run goes on, says so and %s",
  async (...given) => {
    const [, flags, code, verdict] = given;
    await using place = await workplace();
    const where = ["--out", place.out, "--certs", place.certs, "--duration", "4s", ...flags];
    await using program = new Program(
      ["run", await place.scenario(), ...where],
      {},
      { fileMaxKiB: 8 },
    );
    const { exitCode, stdout } = await program.ended;
    expect(exitCode).toBe(code);
    expect(stdout).toContain("! run.ndjson is not whole: it may not grow any further");
    expect(stdout).toContain(`results: ${place.out}, not whole: run.ndjson`);
    const summary = parseSummary(JSON.parse(await place.result("summary.json")));
    expect(summary.verdict).toBe(verdict);
    expect(stdout.includes("✗ --strict: result files are not whole: run.ndjson")).toBe(code === 99);
    expect(summary.devices.connected).toBe(6);
    const { results, isWhole } = await rebuildResults({
      dir: place.out,
      shown: place.out,
      outDir: `${place.dir}/again`,
    });
    expect(isWhole).toBe(false);
    expect(results.summary.verdict).toBe("interrupted");
  },
);
