import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { pack } from "../support/packed.ts";
import { temporaryDir } from "../support/pki.ts";

const run = promisify(execFile);

const FIVE_LINES = `import { startEmulator } from "dps-fleet/emulator";

const emulator = await startEmulator();
console.log(emulator.hubs[0]);
await emulator.stop();
`;

test("npm installs the package in an empty project, and five lines start an emulator", async () => {
  await using dir = temporaryDir();
  const { file } = await pack(dir.path);
  const project = join(dir.path, "empty");
  await mkdir(project);
  await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
  await run("npm", ["install", "--no-audit", "--no-fund", file], { cwd: project });
  await writeFile(join(project, "five-lines.js"), FIVE_LINES);
  const { stdout, stderr } = await run(process.execPath, ["five-lines.js"], { cwd: project });
  expect(stdout).toBe("cheesecave-hub.azure-devices.net\n");
  expect(stderr).toBe("");
  const { stdout: version } = await run("npx", ["dps-fleet", "--version"], { cwd: project });
  expect(version).toMatch(/^\d+\.\d+\.\d+$/m);
});
