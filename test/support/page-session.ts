import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import type { PageBlock, StepKind } from "./page-steps.ts";
import { mismatch } from "./page-output.ts";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

/** What a step printed, stdout and stderr as a terminal shows them. */
export interface StepEnd {
  /** NaN where the shell ended, by itself or because its time was over. */
  readonly exitCode: number;
  readonly output: string;
}

/** A shell in a folder of its own, in which `dps-fleet` is the built program. */
export interface PageSession extends AsyncDisposable {
  /** Runs one command, as a person would type it; what it leaves in the background goes on. */
  readonly run: (command: string) => Promise<StepEnd>;
  /**
   * Runs the steps of blocks, and holds what they print against the page, up to the first that does not hold.
   *
   * @param kinds which steps; those for the emulator and for both, unless told otherwise
   * @returns that one, with the page's line and what was printed; undefined where all hold
   */
  readonly follow: (
    page: string,
    blocks: readonly PageBlock[],
    kinds?: readonly StepKind[],
  ) => Promise<string | undefined>;
  /** The command line of every process of Node.js that was started in it, its workers included. */
  readonly commandLines: () => Promise<readonly string[]>;
  /** All that was printed so far, by steps and by what runs in the background of one. */
  readonly printed: () => Promise<string>;
}

/**
 * @param dir an existing folder; outputs and command lines are kept in `dir/.session`, the session's folder is `dir/home`
 * @param env beside `PATH`; `NODE_OPTIONS` are added to those of the session
 * @param limitMs after which all of it is killed
 */
export async function pageSession(
  dir: string,
  env: Readonly<Record<string, string>>,
  limitMs: number,
): Promise<PageSession> {
  const [home, kept, bin] = ["home", ".session", ".bin"].map((name) => join(dir, name));
  if (home === undefined || kept === undefined || bin === undefined) throw new TypeError("names");
  for (const folder of [home, kept, bin]) await mkdir(folder);
  await writeFile(join(bin, "dps-fleet"), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  await chmod(join(bin, "dps-fleet"), 0o755);
  // Loaded by every Node.js before its program: no process is too short for it, as for one who looks at /proc.
  const recorder = join(kept, "recorder.cjs");
  const record = `require("node:fs").appendFileSync(${JSON.stringify(join(kept, "command-lines"))}, JSON.stringify([process.argv0, ...process.execArgv, ...process.argv]) + "\\n");`;
  await writeFile(recorder, record);

  const shell = spawn("bash", ["--noprofile", "--norc"], {
    cwd: home,
    // A group of its own: whatever it started ends with it.
    detached: true,
    stdio: ["pipe", "ignore", "inherit", "pipe"],
    env: {
      PATH: `${bin}:${process.env["PATH"] ?? ""}`,
      HOME: home,
      ...env,
      NODE_OPTIONS: [`--require=${recorder}`, env["NODE_OPTIONS"]].join(" "),
    },
  });
  const closed = new Promise<void>((resolve) => {
    shell.once("close", () => resolve());
  });
  const answers = answersOf(shell);
  const limit = setTimeout(() => killGroup(shell), limitMs);
  shell.stdin?.write("set -o pipefail\n");

  let count = 0;
  const outputs: string[] = [];
  const run = async (command: string): Promise<StepEnd> => {
    const file = join(kept, `step-${(count += 1)}`);
    outputs.push(file);
    shell.stdin?.write(`{ ${command}\n} >> ${file} 2>&1 < /dev/null\necho $? >&3\n`);
    const answer = await Promise.race([answers.next(), closed]);
    const output = await readFile(file, "utf8").catch(() => "");
    // Ended by itself, or by the limit.
    return { exitCode: answer === undefined ? Number.NaN : Number(answer), output };
  };
  const follow = async (
    page: string,
    blocks: readonly PageBlock[],
    kinds: readonly StepKind[] = ["emulator", "both"],
  ): Promise<string | undefined> => {
    for (const { steps, expected, expectedLine } of blocks) {
      const mine = steps.filter(({ kind }) => kinds.includes(kind));
      const lines: string[] = [];
      for (const { line, command } of mine) {
        const { exitCode, output } = await run(command);
        lines.push(...linesOf(output));
        if (exitCode === 0) continue;
        return [`${page}:${line}: ended with ${exitCode}: ${command}`, "", ...lines].join("\n");
      }
      const wrong =
        mine.length === 0 || expected === undefined ? undefined : mismatch(expected, lines);
      if (wrong === undefined) continue;
      const { at, expected: said = "nothing more", got = "nothing more" } = wrong;
      return [`${page}:${expectedLine + at}: expected ${said}`, `got ${got}`, "", ...lines].join(
        "\n",
      );
    }
    return undefined;
  };
  const printed = async (): Promise<string> =>
    (await Promise.all(outputs.map((file) => readFile(file, "utf8")))).join("\n");
  return {
    run,
    follow,
    printed,
    commandLines: async () =>
      (await readFile(join(kept, "command-lines"), "utf8"))
        .split("\n")
        .filter((line) => line !== ""),
    [Symbol.asyncDispose]: async () => {
      clearTimeout(limit);
      killGroup(shell);
      await closed;
    },
  };
}

/** Lines of a log are not what the page shows: they are there because the session asks for them. */
function linesOf(output: string): readonly string[] {
  const text = output.replace(/\n$/, "");
  return text === "" ? [] : text.split("\n").filter((line) => !line.startsWith('{"level":'));
}

/** The exit codes that the shell writes, one a line. */
function answersOf(shell: ChildProcess): { readonly next: () => Promise<string | undefined> } {
  const [, , , input] = shell.stdio;
  if (!(input instanceof Readable)) throw new TypeError("the shell was started without answers");
  const lines = createInterface({ input })[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { value, done } = await lines.next();
      return done === true ? undefined : value;
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}
