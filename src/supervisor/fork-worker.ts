import { fork } from "node:child_process";
import { createInterface } from "node:readline";

import type { WorkerChannel, WorkerExit } from "./worker-channel.ts";

/**
 * Starts the built worker entry as a child process with an IPC channel. What it prints goes to `onOutput`, a line at
 * a time with its end. The child gets its own copy of `env`, so secrets named by a scenario are there to read.
 */
export function forkWorker(options: {
  /** Absolute path of the built `worker.js`. */
  readonly workerFile: string;
  readonly execPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onOutput: (text: string) => void;
}): WorkerChannel {
  const child = fork(options.workerFile, [], {
    execPath: options.execPath,
    env: { ...options.env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "json",
  });
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on("line", (line) => options.onOutput(`${line}\n`));
  }

  let exit: WorkerExit | undefined;
  const handlers: ((exit: WorkerExit) => void)[] = [];
  const ended = (how: WorkerExit): void => {
    if (exit !== undefined) return;
    exit = how;
    for (const handler of handlers) handler(how);
  };
  // `exit` may come before the last messages are read; `close` comes after both pipes and channel are drained.
  child.on("close", (code, signal) => ended({ code, signal }));
  child.on("error", (error) => {
    options.onOutput(`${error.message}\n`);
    if (child.pid === undefined) ended({ code: 1, signal: null });
  });

  return {
    pid: child.pid,
    send: (command) => {
      // A closed channel reports through the callback; the exit tells the rest.
      if (child.connected) child.send(command, () => {});
    },
    onMessage: (handler) => {
      child.on("message", handler);
    },
    onExit: (handler) => {
      if (exit !== undefined) handler(exit);
      else handlers.push(handler);
    },
    kill: (signal) => {
      if (exit === undefined) child.kill(signal);
    },
  };
}
