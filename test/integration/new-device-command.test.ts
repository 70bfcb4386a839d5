import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { loadModel } from "../../src/model/load-model.ts";
import { runHere } from "../support/cli.ts";
import { deviceOf } from "../support/model-device.ts";
import { temporaryDir } from "../support/pki.ts";

const run = promisify(execFile);
/** Nothing that a package manager set: as in a folder where nothing is installed. */
const BARE = { PATH: process.env["PATH"] };

test("new-device writes a model and its test, which passes with nothing installed", async () => {
  using folder = temporaryDir();
  const made = await runHere(folder.path, ["new-device", "rain-gauge2"]);
  expect(made).toEqual({
    exitCode: 0,
    stderr: "",
    stdout: `rain-gauge2/rain-gauge2.mjs       the device: a rain barrel, to be made your own
rain-gauge2/rain-gauge2.test.mjs  its tests

next:
  node --test rain-gauge2/rain-gauge2.test.mjs
  dps-fleet run --model ./rain-gauge2/rain-gauge2.mjs --devices 3 --duration 30s
`,
  });
  expect((await readdir(join(folder.path, "rain-gauge2"))).toSorted()).toEqual([
    "rain-gauge2.mjs",
    "rain-gauge2.test.mjs",
  ]);
  // Node.js 20 takes a folder and looks for tests in it; later ones want the file.
  const given = process.versions.node.startsWith("20.")
    ? "rain-gauge2"
    : "rain-gauge2/rain-gauge2.test.mjs";
  const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", given], {
    cwd: folder.path,
    env: BARE,
  });
  expect(stdout).toMatch(/^# pass 7$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});

test("what it writes is a model, of that name, whose devices are complete", async () => {
  using folder = temporaryDir();
  const { stdout } = await runHere(folder.path, ["new-device", "gauge", "--json"]);
  const paths = {
    model: join(folder.path, "gauge/gauge.mjs"),
    test: join(folder.path, "gauge/gauge.test.mjs"),
  };
  expect(JSON.parse(stdout)).toEqual(paths);
  for (const path of Object.values(paths))
    expect(await readFile(path, "utf8")).not.toContain("my-device");
  const model = await loadModel(paths.model);
  expect(model.name).toBe("gauge");
  const { bodies, reports } = deviceOf(model, { settings: { capacityL: 80 } });
  expect(reports).toEqual([{ capacityL: 80 }]);
  expect(bodies(2).map((body) => Object.keys(JSON.parse(body)))).toEqual([
    ["levelL", "percent"],
    ["levelL", "percent"],
  ]);
});

test("files that are there are replaced with --force alone", async () => {
  using folder = temporaryDir();
  await mkdir(join(folder.path, "mine"));
  const path = join(folder.path, "mine/mine.test.mjs");
  await writeFile(path, "// my own work\n");
  const refused = await runHere(folder.path, ["new-device", "mine"]);
  expect(refused).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `error: there are files in the way, and nothing was written [FOREIGN_FILE]
  mine/mine.test.mjs: expected no file, got one
hint: --force replaces them; or take another name
`,
  });
  expect(await readdir(join(folder.path, "mine"))).toEqual(["mine.test.mjs"]);
  expect(await readFile(path, "utf8")).toBe("// my own work\n");
  expect((await runHere(folder.path, ["new-device", "mine", "--force"])).exitCode).toBe(0);
  expect(await readFile(path, "utf8")).toContain('from "./mine.mjs"');
});

test.for(["../mine", "/mine", "mine.mjs", "2nd", "a--b", "a-", "a b", "ä", "", "a".repeat(65)])(
  "%j is no name of a device",
  async (name) => {
    using folder = temporaryDir();
    const { exitCode, stderr } = await runHere(folder.path, ["new-device", name]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("letter");
    expect(await readdir(folder.path)).toEqual([]);
  },
);

test("a folder that cannot be written to is told in words", async () => {
  using folder = temporaryDir();
  await writeFile(join(folder.path, "mine"), "");
  const { exitCode, stderr } = await runHere(folder.path, ["new-device", "mine"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^ {2}mine: expected a folder to write to, got: a (part of its path is a )?file/m,
  );
});
