/**
 * Makes a checkout ready to run: installs packages when they are missing or older than the lockfile, builds when the
 * build is older than a source. Plain Node without packages; writes to stderr only, so that stdout stays the program's.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LOCK = join(root, ".setup.lock");
const MARKER = join(root, "dist", ".built");
/** A lock whose owner is gone is taken over. */
const LOCK_WAIT_MS = 200;

const at = (path) => join(root, path);
const modifiedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function sources() {
  const folders = ["src", "devices", "scripts", "test"];
  const files = folders.flatMap((folder) =>
    readdirSync(at(folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
  return [...files, "tsconfig.json", "package-lock.json"];
}

function mustInstall() {
  // npm writes this file last: a killed install leaves it absent.
  const installed = modifiedMs(at("node_modules/.package-lock.json"));
  return installed === 0 || installed < modifiedMs(at("package-lock.json"));
}

function builtFrom() {
  try {
    return readFileSync(MARKER, "utf8");
  } catch {
    return undefined;
  }
}

function mustBuild(files) {
  if (builtFrom() !== files.join("\n")) return true;
  const built = modifiedMs(MARKER);
  return files.some((file) => modifiedMs(at(file)) > built);
}

function run(what, command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}`);
  process.stderr.write(`dps-fleet: ${what} failed (${result.error?.message ?? result.status})\n`);
  unlock();
  process.exit(1);
}

function install() {
  process.stderr.write("dps-fleet: installing packages (once, about half a minute) …\n");
  const args = ["ci", "--ignore-scripts", "--loglevel=error", "--no-audit", "--no-fund"];
  const npm = process.env.npm_execpath;
  if (npm === undefined) run("npm ci", "npm", args);
  else run("npm ci", process.execPath, [npm, ...args]);
}

function build(files) {
  process.stderr.write("dps-fleet: building …\n");
  // A source that is gone must not live on in the build.
  if (builtFrom() !== files.join("\n")) rmSync(at("dist"), { recursive: true, force: true });
  run("the build", process.execPath, [at("node_modules/typescript/bin/tsc"), "-b"]);
  writeFileSync(MARKER, files.join("\n"));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Two first starts at once must not install into one folder. */
function lock() {
  for (;;) {
    try {
      mkdirSync(LOCK);
      writeFileSync(join(LOCK, "pid"), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const owner = Number(readOwner());
    if (owner > 0 && !isAlive(owner)) rmSync(LOCK, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_WAIT_MS);
  }
}

function readOwner() {
  try {
    return readFileSync(join(LOCK, "pid"), "utf8");
  } catch {
    return "";
  }
}

function unlock() {
  rmSync(LOCK, { recursive: true, force: true });
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `dps-fleet: expected Node.js 20.19 or newer, got ${process.versions.node}\n`,
  );
  process.exit(2);
}

if (mustInstall() || mustBuild(sources())) {
  lock();
  // Another start may have done the work while this one waited.
  if (mustInstall()) install();
  const files = sources();
  if (mustBuild(files)) build(files);
  unlock();
}
