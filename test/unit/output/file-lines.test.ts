import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closeAll } from "../../../src/output/close-all.ts";
import { openLineFile } from "../../../src/output/file-lines.ts";
import { temporaryDir } from "../../support/pki.ts";

test("every line is on disk when the file is closed, and none comes after", async () => {
  using folder = temporaryDir();
  const path = join(folder.path, "run.ndjson");
  const file = openLineFile(path);
  for (let line = 0; line < 1_000; line += 1) file.write(String(line));
  const closing = file.close();
  file.write("late");
  await closing;
  await file.close();
  const lines = (await readFile(path, "utf8")).split("\n");
  expect(lines).toEqual([...Array.from({ length: 1_000 }, (_, line) => String(line)), ""]);
});

test("a file that could not be written says so at its end, with its path", async () => {
  using folder = temporaryDir();
  const path = join(folder.path, "missing", "run.ndjson");
  const file = openLineFile(path);
  file.write("a line");
  await expect(file.close()).rejects.toMatchObject({
    code: "USAGE",
    problems: [{ place: path, message: expect.stringContaining("no such file") }],
  });
  file.write("another");
  await expect(file.close()).rejects.toMatchObject({ code: "USAGE" });
});

test("where one file cannot be closed, the others are closed all the same", async () => {
  using folder = temporaryDir();
  const path = join(folder.path, "messages.ndjson");
  const good = openLineFile(path);
  good.write("kept");
  const broken = openLineFile(join(folder.path, "missing", "run.ndjson"));
  await expect(closeAll([broken, undefined, good])).rejects.toMatchObject({ code: "USAGE" });
  expect(await readFile(path, "utf8")).toBe("kept\n");
});
