import { execFile } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, projectWith, ROOT } from "../support/packed.ts";
import { temporaryDir } from "../support/pki.ts";

const run = promisify(execFile);

const dir = temporaryDir();
let paths: readonly string[];
let project: string;
beforeAll(async () => {
  const packed = await pack(dir.path);
  paths = packed.paths;
  project = await projectWith(packed.file, dir.path);
});
afterAll(() => dir[Symbol.dispose]());

test("the package has what its users need, and no tests or build records", () => {
  for (const path of [
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "dist/src/main.js",
    "dist/src/embed/emulator.js",
    "dist/src/embed/emulator.d.ts",
    "dist/src/model/model.d.ts",
    "dist/devices/cheese-cave/index.js",
    "devices/cheese-cave/README.md",
    "devices/cheese-cave/cheese-cave.v2.json",
    "docs/devices.md",
    "devices/cheese-cave/cheese-cave.v2.json",
    "devices/cheese-cave/cheese-cave.v3.json",
    "devices/conveyor/conveyor.v2.json",
    "devices/conveyor/conveyor.v3.json",
    "docs/emulator.md",
    "docs/examples/new-device/my-device.mjs",
    "docs/examples/new-device/my-device.test.mjs",
    "docs/emulator.schema.json",
    "docs/scenario.schema.json",
    "scenarios/thirty-caves.yaml",
  ])
    expect(paths).toContain(path);
  expect(
    paths.filter((path) => /^(test|dist\/(test|scripts))\/|tsbuildinfo|\.pem$/.test(path)),
  ).toEqual([]);
});

test("the example of docs/ runs from the package, as ESM and as CommonJS", async () => {
  const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap"], {
    cwd: project,
    env: { PATH: process.env["PATH"] },
  });
  expect(stdout).toMatch(/^# pass 2$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});

test("schemas and version can be asked for by name", async () => {
  const script = `
    const { title } = require("dps-fleet/schemas/emulator.schema.json");
    const { version } = require("dps-fleet/package.json");
    require("dps-fleet/model");
    console.log(title, version);`;
  const { stdout } = await run(process.execPath, ["-e", script], { cwd: project });
  expect(stdout).toMatch(/^dps-fleet emulator \d+\.\d+\.\d+\n$/);
});

const CONSUMER = `
import { startEmulator } from "dps-fleet/emulator";
import type { EmbeddedEmulator, EmbeddedEmulatorOptions } from "dps-fleet/emulator";
import type { DeviceModel } from "dps-fleet/model";

const options: EmbeddedEmulatorOptions = { retryAfterS: 0, hubs: ["a.azure-devices.net"] };
export async function firstHub(): Promise<string | undefined> {
  await using emulator: EmbeddedEmulator = await startEmulator(options);
  // @ts-expect-error -- a port is a number
  await startEmulator({ mqttPort: "8883" });
  return emulator.hubs[0];
}
export type Name = DeviceModel["name"];
`;

test("the types of the package resolve for TypeScript, its own declarations checked too", async () => {
  // By its ending the second is a CommonJS module.
  for (const name of ["consumer.ts", "consumer.cts"])
    await writeFile(join(project, name), CONSUMER);
  const compilerOptions = {
    module: "nodenext",
    target: "es2023",
    lib: ["es2023", "esnext.disposable"],
    strict: true,
    allowJs: true,
    checkJs: true,
    noEmit: true,
    types: ["node"],
  };
  // What new-device writes has types in its comments.
  const example = ["my-device.mjs", "my-device.test.mjs"];
  for (const file of example)
    await cp(
      join(project, "node_modules/dps-fleet/docs/examples/new-device", file),
      join(project, file),
    );
  const files = ["consumer.ts", "consumer.cts", ...example];
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const outcome = await run(process.execPath, [compiler, "-p", project]);
  expect(outcome).toEqual({ stdout: "", stderr: "" });
});
