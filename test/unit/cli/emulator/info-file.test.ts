import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkInfoFile, writeInfoFile } from "../../../../src/cli/emulator/info-file.ts";
import { temporaryDir } from "../../../support/pki.ts";
import { refusal } from "../../../support/refusal.ts";

test("the file is its owner's alone, replaces that of an earlier start, and goes in the end", () => {
  using dir = temporaryDir();
  const path = join(dir.path, "emulator.json");
  writeFileSync(path, "of an earlier start", { mode: 0o644 });
  const file = { flag: "--write", shown: "emulator.json", cwd: dir.path } as const;
  checkInfoFile(file);
  expect(readFileSync(path, "utf8")).toBe("of an earlier start");
  {
    using _ = writeInfoFile(file, "{}\n");
    expect(readFileSync(path, "utf8")).toBe("{}\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  expect(readdirSync(dir.path)).toEqual([]);
});

test("what another emulator has written since stays, and so does what is gone", () => {
  using dir = temporaryDir();
  const path = join(dir.path, "emulator.json");
  const written = writeInfoFile({ flag: "--write", shown: path, cwd: "/" }, "mine\n");
  writeFileSync(path, "another's\n");
  written[Symbol.dispose]();
  expect(readFileSync(path, "utf8")).toBe("another's\n");

  const gone = writeInfoFile({ flag: "--write", shown: path, cwd: "/" }, "mine\n");
  gone[Symbol.dispose]();
  gone[Symbol.dispose]();
  expect(existsSync(path)).toBe(false);
});

test.for([
  ["nowhere/emulator.json", "there is no such file or folder"],
  ["folder", "something else of that name"],
  ["file/emulator.json", "a part of its path is a file"],
] as const)("%s is refused before anything is started", async ([shown, told]) => {
  using dir = temporaryDir();
  mkdirSync(join(dir.path, "folder"));
  writeFileSync(join(dir.path, "file"), "");
  const error = await refusal(
    (async () => checkInfoFile({ flag: "--write-token", shown, cwd: dir.path }))(),
  );
  expect(error.code).toBe("FILE_INVALID");
  expect(error.problems).toEqual([
    { place: shown, message: `expected a file that can be written, got: ${told}` },
  ]);
});
