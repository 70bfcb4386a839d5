import { execFile } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const packed = z
  .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
  .length(1)
  .transform(([only]) => only);

/** The tarball as `npm pack` makes it of the build that is there, in `dir`. */
export async function pack(
  dir: string,
): Promise<{ readonly file: string; readonly paths: readonly string[] }> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", dir];
  const { stdout } = await run("npm", args, { cwd: ROOT });
  const made = packed.parse(JSON.parse(stdout));
  if (made === undefined) throw new TypeError("npm packed nothing");
  return { file: join(dir, made.filename), paths: made.files.map(({ path }) => path) };
}

/** A project with the tarball installed; its dependencies, and Microsoft's packages, are those of this repository. */
export async function projectWith(tarball: string, dir: string): Promise<string> {
  const project = join(dir, "project");
  const installed = join(project, "node_modules/dps-fleet");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", installed, "--strip-components=1"]);
  await symlink(join(ROOT, "node_modules"), join(dir, "node_modules"));
  await cp(join(installed, "docs/examples/emulator-in-tests"), project, { recursive: true });
  return project;
}
