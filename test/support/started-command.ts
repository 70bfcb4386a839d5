import { Readable } from "node:stream";
import type { MachineAddress } from "../../src/base/dial.ts";
import { deferred } from "../../src/base/deferred.ts";
import { runCli } from "../../src/cli/cli.ts";
import type { Host, StopSignal } from "../../src/cli/host.ts";

function add<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => set.delete(item);
}

function tell<T>(handlers: Set<(value: T) => void>, value: T): void {
  for (const handler of handlers) handler(value);
}

/**
 * A command on a machine of a test's own, whose first line on stdout can be waited for.
 *
 * @param more `forked`: whether a run started it; `env`: its environment; `addresses`: of its network interfaces
 */
export function startCommand(
  cwd: string,
  argv: readonly string[],
  {
    forked = false,
    env = {},
    addresses = [],
  }: {
    readonly forked?: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly addresses?: readonly MachineAddress[];
  } = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const exits: number[] = [];
  const signals = new Set<(signal: StopSignal) => void>();
  const messages = new Set<(message: unknown) => void>();
  const disconnects = new Set<() => void>();
  const printed = deferred<void>();
  const host: Host = {
    argv,
    env,
    cwd,
    stdin: Readable.from([]),
    stdout: {
      write: (text) => {
        out.push(text);
        printed.resolve();
        return true;
      },
    },
    stderr: { write: (text) => err.push(text) > 0 },
    now: () => new Date(),
    cores: 1,
    resources: () => ({ cpuS: 0, rssBytes: 0 }),
    nodeVersion: process.version,
    addresses: () => addresses,
    onSignal: (handler) => add(signals, handler),
    parent: forked
      ? {
          send: () => {},
          onMessage: (handler) => add(messages, handler),
          onDisconnect: (handler) => add(disconnects, handler),
        }
      : undefined,
    pid: process.pid,
    execPath: "",
    mainFile: "",
    workerFile: "",
    version: "0",
    setExitCode: () => {},
    exitNow: (code) => exits.push(code),
  };
  return {
    ended: runCli(host),
    printed: printed.promise,
    out,
    err,
    /** What was asked to end the process at once. */
    exits,
    signal: (signal: StopSignal) => tell(signals, signal),
    message: (message: unknown) => tell(messages, message),
    disconnect: () => tell(disconnects, undefined),
  };
}
