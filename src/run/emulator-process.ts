import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { createInterface } from "node:readline";

import { FleetError } from "../base/errors.ts";
import { withTimeout } from "../base/retry.ts";
import { settlesWithin } from "../base/settles-within.ts";
import type { EmulatorInfo } from "../service/emulator-file.ts";
import { parseEmulatorFile } from "../service/emulator-file.ts";

/** Waits of the emulator's life, in ms. */
const READY_MS = 30_000;
const STOP_MS = 10_000;
const TERM_MS = 2_000;
/** Of what the emulator printed, this much is kept for an error message. */
const TAIL_CHARACTERS = 4_000;

/** The emulator of one run, a process of its own. */
export interface EmulatorProcess extends AsyncDisposable {
  readonly info: EmulatorInfo;
  readonly pid: number | undefined;
  /** Resolves when the process is gone: with `undefined` when it was asked to, else with how it ended. */
  readonly ended: Promise<string | undefined>;
  /** By message, then SIGTERM, then SIGKILL; safe to call twice. */
  stop(): Promise<void>;
  /** SIGKILL now. */
  kill(): void;
}

export interface EmulatorProcessOptions {
  readonly execPath: string;
  /** Absolute path of the built `main.js`. */
  readonly mainFile: string;
  /** Arguments after `emulator --json`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Its log, a line at a time with its end. */
  readonly onOutput: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves with the one line on stdout; rejects with what the emulator said when it leaves before. */
async function firstLine(child: ChildProcess, tail: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout !== null) createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const said = tail().trim();
      reject(
        new FleetError(
          "UNREACHABLE",
          `the emulator did not start (${signal === null ? `exit code ${code}` : signal})`,
          { problems: said === "" ? [] : [{ place: "emulator", message: said }] },
        ),
      );
    });
  });
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.connected) child.send({ type: "stop" }, () => {});
  if (await settlesWithin(ended, STOP_MS)) return;
  child.kill("SIGTERM");
  if (await settlesWithin(ended, TERM_MS)) return;
  child.kill("SIGKILL");
  await ended;
}

/**
 * Forks `main.js emulator --json` and waits for its line.
 *
 * @throws {FleetError} `UNREACHABLE` with what it printed, when it does not come up
 */
export async function startEmulatorProcess(
  options: EmulatorProcessOptions,
): Promise<EmulatorProcess> {
  let tail = "";
  let wanted = false;
  const child = fork(options.mainFile, ["emulator", "--json", ...options.args], {
    execPath: options.execPath,
    env: { ...options.env },
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      tail = `${tail}${line}\n`.slice(-TAIL_CHARACTERS);
      options.onOutput(`${line}\n`);
    });
  }
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("close", (code, signal) => {
      resolve(wanted ? undefined : (signal ?? `exit code ${code}`));
    });
  });
  const stop = async (): Promise<void> => {
    wanted = true;
    await stopChild(child, ended);
  };
  try {
    const limits = { what: "starting the emulator", timeoutMs: READY_MS, signal: options.signal };
    const line = await withTimeout(limits, () => firstLine(child, () => tail));
    const info = parseEmulatorFile(line, "the emulator's output");
    const kill = (): void => {
      wanted = true;
      child.kill("SIGKILL");
    };
    return { info, pid: child.pid, ended, stop, kill, [Symbol.asyncDispose]: stop };
  } catch (error) {
    wanted = true;
    child.kill("SIGKILL");
    // Not before it is gone: whoever stopped here may look for what is left.
    if (child.pid !== undefined) await ended;
    throw error;
  }
}
