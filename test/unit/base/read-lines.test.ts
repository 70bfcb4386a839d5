import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import fc from "fast-check";
import { expect, test } from "vitest";

import { readLines } from "../../../src/base/read-lines.ts";
import { temporaryDir } from "../../support/pki.ts";

async function linesOf(content: string, longestBytes?: number): Promise<readonly string[]> {
  using folder = temporaryDir();
  const file = join(folder.path, "lines");
  await writeFile(file, content);
  const lines: string[] = [];
  for await (const line of readLines(file, longestBytes)) lines.push(line);
  return lines;
}

test("only a line feed ends a line, whatever else is in it", async () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", "\u2028"));
  await fc.assert(
    fc.asyncProperty(fc.array(line), async (lines) => {
      expect(await linesOf(lines.map((text) => `${text}\n`).join(""))).toEqual(lines);
    }),
    { numRuns: 30 },
  );
});

test("lines that are longer than what is read at once are whole, the last one without an end too", async () => {
  const long = "ä€😀".repeat(20_000);
  expect(await linesOf(`${long}\nx\n${long}`)).toEqual([long, "x", long]);
  expect(await linesOf("")).toEqual([]);
});

test("a line that is longer than any of ours is refused with its number", async () => {
  expect(await linesOf("abc\nabcd\n", 4)).toEqual(["abc", "abcd"]);
  await expect(linesOf("abc\nabcde\n", 4)).rejects.toMatchObject({
    code: "FILE_INVALID",
    problems: [{ place: expect.stringMatching(/lines:2$/) }],
  });
});
