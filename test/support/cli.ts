import { PassThrough } from "node:stream";

import { runCli } from "../../src/cli/cli.ts";
import type { StopSignal } from "../../src/cli/host.ts";

/** How a command line ended that this process ran itself. */
export interface CliEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command line in this process: for what ends before a worker or an emulator is started, which nobody can
 * start here.
 */
export async function runHere(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  /** Told to whoever listens, at once. */
  signal?: StopSignal,
): Promise<CliEnd> {
  const printed = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr") => ({
    write: (text: string): boolean => {
      printed[name] += text;
      return true;
    },
  });
  const exitCode = await runCli({
    argv,
    env,
    cwd,
    stdin: new PassThrough(),
    stdout: sink("stdout"),
    stderr: sink("stderr"),
    now: () => new Date(),
    cores: 1,
    resources: () => ({ cpuS: 0, rssBytes: 0 }),
    addresses: () => [],
    onSignal: (handler) => {
      if (signal !== undefined) handler(signal);
      return () => {};
    },
    pid: 1,
    execPath: "/nowhere/node",
    mainFile: `${cwd}/main.js`,
    workerFile: `${cwd}/worker.js`,
    nodeVersion: process.version,
    version: "0.0.0",
    setExitCode: () => {},
    exitNow: (code): never => {
      throw new Error(`exitNow(${code})`);
    },
  });
  return { exitCode, ...printed };
}
