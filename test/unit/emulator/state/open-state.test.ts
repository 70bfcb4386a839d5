import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { errorCode } from "../../../../src/base/error-code.ts";
import { finishFolder, inspectFolder, makeFolder } from "../../../../src/emulator/state/folder.ts";
import { FORMAT } from "../../../../src/emulator/state/migrations.ts";
import type { OpenState } from "../../../../src/emulator/state/open-state.ts";
import { openState } from "../../../../src/emulator/state/open-state.ts";
import type { StoredRow } from "../../../../src/emulator/state/store-content.ts";
import { putRow } from "../../../../src/emulator/state/store-content.ts";
import { openStore } from "../../../../src/emulator/state/store.ts";

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "state-"));
});
afterEach(() => rmSync(path, { recursive: true }));

const data = (): string => join(path, "data");
const never = (error: Error): void => {
  throw error;
};

async function opened(): Promise<OpenState> {
  const open = await openState(data(), never);
  open.requireSound();
  await open.begin();
  return open;
}

/** A folder with a row in it. */
async function written(): Promise<void> {
  const open = await opened();
  open.state.table("texts", z.string()).set("a", WHOLE);
  await open.close();
}

async function put(row: StoredRow): Promise<void> {
  const store = await openStore(inspectFolder(data()));
  await store.write([putRow(row)]);
  await store.close();
}

const WHOLE = "one ".repeat(100);

/** What the row is after a start, or the code with which that was refused. */
async function outcomeOf(opening: Promise<OpenState>): Promise<string> {
  try {
    const open = await opening;
    const row = open.state.table("texts", z.string()).get("a") ?? "nothing";
    await open.close();
    return row;
  } catch (error) {
    return errorCode(error) ?? String(error);
  }
}

/** Names and bytes of all files, but for those that LevelDB rotates whenever it opens. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, readFileSync(join(folder, name), "base64")]),
  );
}

test("a new folder is for its owner alone, and what is in it is there at the next start", async () => {
  await written();
  expect(statSync(data()).mode & 0o777).toBe(0o700);
  expect(statSync(join(data(), "store")).mode & 0o777).toBe(0o700);
  const open = await opened();
  expect(open.state.table("texts", z.string()).get("a")).toContain("one");
  await open.close();
  await open.close();
});

test("nothing is made before it begins", async () => {
  const open = await openState(data(), never);
  open.state.table("texts", z.string()).set("a", "one");
  await open.close();
  expect(readdirSync(path)).toEqual([]);
});

test("a folder of something else is refused and left alone", async () => {
  mkdirSync(data());
  writeFileSync(join(data(), "holiday.jpg"), "a picture");
  const before = filesOf(data());
  await expect(openState(data(), never)).rejects.toMatchObject({
    code: "FOREIGN_FILE",
    message: expect.stringContaining("holiday.jpg"),
    hint: expect.stringContaining("empty folder"),
  });
  expect(filesOf(data())).toEqual(before);
  await written().catch(() => {});
  writeFileSync(join(path, "file"), "");
  await expect(openState(join(path, "file"), never)).rejects.toMatchObject({
    code: "FILE_INVALID",
  });
});

test("another database than an emulator's is refused", async () => {
  mkdirSync(data());
  const folder = { path: data(), store: data(), unfinished: data(), isNew: true };
  await (await openStore(folder)).close();
  await expect(openState(data(), never)).rejects.toMatchObject({ code: "FOREIGN_FILE" });
});

test("a folder that an emulator has open is refused, with its process", async () => {
  const open = await opened();
  await expect(openState(data(), never)).rejects.toMatchObject({
    code: "DATA_IN_USE",
    message: expect.stringMatching(/in use by another emulator(, process \d+)?$/),
  });
  await open.close();
  await (await opened()).close();
});

test("of two that begin the same folder one is refused", async () => {
  const late = inspectFolder(data());
  await written();
  makeFolder(late);
  await (await openStore({ ...late, store: late.unfinished })).close();
  expect(() => finishFolder(late)).toThrow(expect.objectContaining({ code: "DATA_IN_USE" }));
  expect(await outcomeOf(openState(data(), never))).toBe(WHOLE);
});

test("a newer format is refused, and nothing of it is changed", async () => {
  await written();
  const value = { format: FORMAT + 1, version: "99.0.0", more: true };
  await put({ table: "folder", key: "format", ordinal: 0, value });
  await expect(openState(data(), never)).rejects.toMatchObject({
    code: "FILE_INVALID",
    message: expect.stringContaining(`format ${FORMAT + 1}, written by dps-fleet 99.0.0`),
    hint: expect.stringContaining("that version"),
  });
  await put({
    table: "folder",
    key: "format",
    ordinal: 0,
    value: { format: FORMAT, version: "1" },
  });
  const open = await opened();
  expect(open.state.table("texts", z.string()).size).toBe(1);
  await open.close();
});

test("a row that its table refuses is told, and nothing is written", async () => {
  await written();
  const open = await openState(data(), never);
  open.state.table("texts", z.int());
  expect(() => open.requireSound()).toThrow(
    /data is damaged, and nothing of it was changed: "texts a"/,
  );
  await open.close();
  await (await opened()).close();
});

test("a store without a format is refused", async () => {
  await written();
  const store = await openStore(inspectFolder(data()));
  await store.write([{ type: "del", key: "row\0folder\0format" }]);
  await store.close();
  await expect(openState(data(), never)).rejects.toThrow("does not say which format");
});

test("a byte that has changed in any of its files is noticed, or changes nothing", async () => {
  await written();
  // The second start has the first one's log as a table.
  await written();
  const store = join(data(), "store");
  const files = readdirSync(store).filter((name) =>
    /^(\d+\.(log|ldb)|MANIFEST-.*|CURRENT)$/.test(name),
  );
  const whole = new Map(files.map((name) => [name, readFileSync(join(store, name))]));
  const outcomes = new Set<string>();
  for (const [name, bytes] of whole)
    for (let at = 0; at < bytes.length; at += 11) {
      rmSync(store, { recursive: true });
      mkdirSync(store);
      for (const [other, content] of whole) writeFileSync(join(store, other), content);
      const torn = Buffer.from(bytes);
      torn.writeUInt8(torn.readUInt8(at) ^ 0x10, at);
      writeFileSync(join(store, name), torn);
      outcomes.add(await outcomeOf(openState(data(), never)));
    }
  expect([...outcomes].toSorted()).toEqual(["FILE_INVALID", WHOLE]);
});

test("a file of it that is missing is noticed", async () => {
  await written();
  await written();
  const store = join(data(), "store");
  const files = readdirSync(store).filter((name) =>
    /^(\d+\.(log|ldb)|MANIFEST-.*|CURRENT)$/.test(name),
  );
  for (const name of files) {
    const bytes = readFileSync(join(store, name));
    rmSync(join(store, name));
    await expect(openState(data(), never)).rejects.toMatchObject({ code: "FILE_INVALID" });
    writeFileSync(join(store, name), bytes);
  }
  expect(files.length).toBeGreaterThan(3);
  expect(await outcomeOf(openState(data(), never))).toBe(WHOLE);
});

test("a write that was cut off at the end is none, and no damage", async () => {
  await written();
  const open = await opened();
  open.state.table("texts", z.string()).set("a", "two");
  await open.close();
  const store = join(data(), "store");
  const [log = ""] = readdirSync(store).filter((name) => name.endsWith(".log"));
  const bytes = readFileSync(join(store, log));
  writeFileSync(join(store, log), bytes.subarray(0, bytes.indexOf("two") + 1));
  const again = await opened();
  expect(again.state.table("texts", z.string()).get("a")).toContain("one");
  await again.close();
});

test("a first start that is killed at any moment leaves a folder that is new, or whole", async () => {
  const made = { path, store: join(path, "made"), unfinished: "", isNew: true };
  await (await openStore(made)).close();
  // In the order in which LevelDB makes them.
  const names = [/^LOCK$/, /^MANIFEST/, /^CURRENT$/, /\.log$/].flatMap((part) =>
    readdirSync(made.store).filter((name) => part.test(name)),
  );
  expect(names).toHaveLength(4);
  for (let count = 0; count <= names.length; count++) {
    const unfinished = join(data(), "store.new");
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(data(), "dps-fleet-data.txt"), "");
    for (const name of names.slice(0, count))
      writeFileSync(join(unfinished, name), readFileSync(join(made.store, name)));
    await written();
    expect(readdirSync(data()).toSorted()).toEqual(["dps-fleet-data.txt", "store"]);
    expect(await outcomeOf(openState(data(), never))).toBe(WHOLE);
    rmSync(data(), { recursive: true });
  }
});

test("a database that has lost everything is not taken for a new one", async () => {
  await (await opened()).close();
  const store = join(data(), "store");
  rmSync(store, { recursive: true });
  const empty = await openStore({ ...inspectFolder(data()), isNew: true });
  await empty.close();
  await expect(openState(data(), never)).rejects.toMatchObject({ code: "FILE_INVALID" });
});

test("a folder that cannot be made is told with the mend", async () => {
  writeFileSync(join(path, "file"), "");
  await expect(openState(join(path, "file", "data"), never)).rejects.toMatchObject({
    code: "FILE_INVALID",
    hint: "name a folder that can be written to",
  });
});
