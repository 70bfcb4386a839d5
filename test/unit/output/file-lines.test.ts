import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closeAll } from "../../../src/output/close-all.ts";
import { openLineFile } from "../../../src/output/file-lines.ts";
import { temporaryDir } from "../../support/pki.ts";

const noLoss = (_path: string, error: unknown): never => {
  throw error;
};

test("every line is on disk when the file is closed, and none comes after", async () => {
  using folder = temporaryDir();
  const path = join(folder.path, "run.ndjson");
  const file = openLineFile(path, noLoss);
  for (let line = 0; line < 1_000; line += 1) file.write(String(line));
  const closing = file.close();
  file.write("late");
  await closing;
  await file.close();
  const lines = (await readFile(path, "utf8")).split("\n");
  expect(lines).toEqual([...Array.from({ length: 1_000 }, (_, line) => String(line)), ""]);
});

test("a file that cannot be made says so at once, with its path", () => {
  using folder = temporaryDir();
  const path = join(folder.path, "missing", "run.ndjson");
  expect(() => openLineFile(path, noLoss)).toThrow(
    expect.objectContaining({
      code: "USAGE",
      problems: [{ place: path, message: expect.stringContaining("no such file") }],
    }),
  );
});

test("of two that want the same file the second is refused, and the first one's lines stay", async () => {
  using folder = temporaryDir();
  const path = join(folder.path, "run.ndjson");
  const first = openLineFile(path, noLoss);
  first.write("kept");
  expect(() => openLineFile(path, noLoss)).toThrow(
    expect.objectContaining({
      problems: [{ place: path, message: expect.stringContaining("is in the way") }],
    }),
  );
  await first.close();
  expect(await readFile(path, "utf8")).toBe("kept\n");
});

test("where one file cannot be closed, the others are closed all the same", async () => {
  using folder = temporaryDir();
  const path = join(folder.path, "messages.ndjson");
  const good = openLineFile(path, noLoss);
  good.write("kept");
  const broken = { close: () => Promise.reject(new Error("broken")) };
  await expect(closeAll([broken, undefined, good])).rejects.toThrow("broken");
  expect(await readFile(path, "utf8")).toBe("kept\n");
});
