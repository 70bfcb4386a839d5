import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { cutToLines, openLineFile } from "../../../src/output/file-lines.ts";

const long = "x".repeat(200_000);

test.each([
  ["", ""],
  ["cut", ""],
  ["a\n", "a\n"],
  ["a\nb\ncut", "a\nb\n"],
  [`a\n${long}`, "a\n"],
  [`${long}\n${long}`, `${long}\n`],
  [long, ""],
])("behind the last whole line nothing is left, and lines go on there", async (before, after) => {
  const dir = await mkdtemp(join(tmpdir(), "dps-fleet-lines-"));
  try {
    const file = join(dir, "run.ndjson");
    await writeFile(file, before);
    cutToLines(file);
    expect(await readFile(file, "utf8")).toBe(after);
    await writeFile(file, before);
    const lines = openLineFile(
      file,
      (_path, error) => {
        throw error;
      },
      { append: true },
    );
    lines.write("more");
    await lines.close();
    expect(await readFile(file, "utf8")).toBe(`${after}more\n`);
  } finally {
    await rm(dir, { recursive: true });
  }
});
