import type { ChildProcess } from "node:child_process";
import { execFileSync, spawn } from "node:child_process";
import { watch } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { stringify } from "yaml";

import { deferred } from "../../src/base/deferred.ts";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

/** How a program ended, and all that it printed. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program as a child, leader of a process group of its own. */
export class Program {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";
  #look: () => void = () => {};

  /**
   * @param more `cwd`: its folder; `script`: another one than the program's own; `fileMaxKiB`: where every file that it
   *   writes is full
   */
  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    {
      cwd,
      script = MAIN,
      fileMaxKiB,
    }: { readonly cwd?: string; readonly script?: string; readonly fileMaxKiB?: number } = {},
  ) {
    const limited =
      fileMaxKiB === undefined ? [] : ["bash", "-c", `ulimit -f ${fileMaxKiB}; exec "$@"`, "bash"];
    const [command = "", ...more] = [...limited, process.execPath, script, ...args];
    this.#child = spawn(command, more, {
      cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ...env },
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      this.#look();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
      this.#look();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (exitCode) => {
        this.#look();
        resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** Resolves when stdout matches; rejects when the program ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#matched(pattern, () => this.#stdout);
  }

  /** The same for stderr. */
  async printedError(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#matched(pattern, () => this.#stderr);
  }

  async #matched(pattern: RegExp, text: () => string): Promise<RegExpExecArray> {
    const matched = new Promise<RegExpExecArray>((resolve) => {
      this.#look = () => {
        const match = pattern.exec(text());
        if (match !== null) resolve(match);
      };
      this.#look();
    });
    const early = this.ended.then(({ exitCode, stdout, stderr }) => {
      throw new Error(`ended with ${exitCode} before ${pattern}:\n${stdout}\n${stderr}`);
    });
    return Promise.race([matched, early]);
  }

  /** To the whole group, as a terminal's Ctrl-C is. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal);
  }

  /** Whether any process of the group is left that has not ended. */
  get groupAlive(): boolean {
    // Asked first, as it costs nothing; a process that has ended may wait for init to take notice of it.
    const { pid } = this.#child;
    return pid !== undefined && isAlive(-pid) && this.groupPids().length > 0;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Every process of the group that has not ended, the supervisor included. */
  groupPids(): number[] {
    const found = execFileSync("ps", ["-A", "-o", "pid=,pgid=,stat="], { encoding: "utf8" });
    return found.split("\n").flatMap((line) => {
      const [pid, group, state] = line.trim().split(/\s+/);
      const isOurs = Number(group) === this.#child.pid && state?.startsWith("Z") === false;
      return isOurs ? [Number(pid)] : [];
    });
  }

  /** To the supervisor alone. */
  signal(signal: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(this.#child.pid, signal);
  }

  /** For the end of a test that failed: nothing is left behind. */
  kill(): void {
    if (this.groupAlive) this.signalGroup("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }
}

/** Whether a process (or, negative, a group) is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Process ids of the workers that a run told of in `run.ndjson`, in the order of their starts. */
export const workerPids = (ndjson: string): number[] =>
  [...ndjson.matchAll(/"state":"started","detail":"pid (\d+)"/g)].map((match) => Number(match[1]));

/** A folder of a test with certificates and results, removed at its end. */
export interface Workplace extends AsyncDisposable {
  readonly dir: string;
  readonly certs: string;
  readonly out: string;
  /** Writes a file and gives its path. */
  file(name: string, text: string): Promise<string>;
  /** A small fleet with quick answers as a scenario file; `changes` replace its top-level keys. */
  scenario(changes?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A result file. */
  result(name: string): Promise<string>;
  /** Resolves when a result file holds `text` so many times; reads it whenever it grew. */
  appears(by: Program, name: string, text: string, times?: number): Promise<void>;
}

export async function workplace(): Promise<Workplace> {
  const dir = await mkdtemp(join(tmpdir(), "dps-fleet-"));
  const file = async (name: string, text: string): Promise<string> => {
    const path = join(dir, name);
    await writeFile(path, text);
    return path;
  };
  return {
    dir,
    certs: join(dir, "certs"),
    out: join(dir, "out"),
    file,
    scenario: (changes) => file("scenario.yaml", stringify({ ...smallFleet, ...changes })),
    result: (name) => readFile(join(dir, "out", name), "utf8"),
    appears: async (by, name, text, times = 1) => {
      const out = join(dir, "out");
      await mkdir(out, { recursive: true });
      const has = async (): Promise<boolean> => {
        const read = await readFile(join(out, name), "utf8").catch(() => "");
        return read.split(text).length > times;
      };
      const found = deferred<void>();
      const look = async (): Promise<void> => {
        if (await has()) found.resolve();
      };
      const watcher = watch(out, () => void look());
      try {
        void look();
        // A program that is gone writes nothing more: a test that waits for it would wait for ever.
        await Promise.race([found.promise, by.ended]);
        if (await has()) return;
        const { exitCode, stderr } = await by.ended;
        throw new Error(
          `ended with ${exitCode} before ${name} had ${times} times ${text}:\n${stderr}`,
        );
      } finally {
        watcher.close();
      }
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}

const smallFleet = {
  name: "small",
  emulator: { retryAfterS: 1 },
  provisioning: {
    group: "cheesecave-devices",
    initialTwin: { properties: { desired: { fanstate: "on" } } },
  },
  fleet: [
    {
      model: "cheese-cave",
      count: 6,
      registrationId: "cheesecave-device{n}",
      telemetry: { interval: "500ms", jitter: "0%" },
    },
  ],
  arrival: { rate: "100/s" },
  duration: "5s",
};
