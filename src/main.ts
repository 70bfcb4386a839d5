#!/usr/bin/env node
import { availableParallelism, networkInterfaces } from "node:os";
import { fileURLToPath } from "node:url";

import { productVersion } from "./base/product-version.ts";
import type { Host, HostParent, StopSignal } from "./cli/host.ts";

const SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
/** One Ctrl-C can arrive twice, from the terminal and from npm; a second within this time is the same one. */
const SAME_SIGNAL_MS = 500;
/** How often to look whether npm is still there. */
const LAUNCHER_CHECK_MS = 500;

/** This file is dist/src/main.js when it runs. */
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * A SIGTERM to npm kills npm and its shell and leaves this process alone; then the parent becomes init.
 * Only looked for under npm: elsewhere a process may be detached on purpose.
 */
function watchLauncher(gone: () => void): () => void {
  if (process.env["npm_lifecycle_event"] === undefined || process.ppid === 1) return () => {};
  const timer = setInterval(() => {
    if (process.ppid === 1) gone();
  }, LAUNCHER_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function onSignal(handler: (signal: StopSignal) => void): () => void {
  let lastMs = -Infinity;
  const heard = (signal: StopSignal): void => {
    const nowMs = performance.now();
    if (nowMs - lastMs < SAME_SIGNAL_MS) return;
    lastMs = nowMs;
    handler(signal);
  };
  const unwatch = watchLauncher(() => {
    unwatch();
    heard("SIGTERM");
  });
  for (const signal of SIGNALS) process.on(signal, heard);
  return () => {
    unwatch();
    for (const signal of SIGNALS) process.off(signal, heard);
  };
}

function onStdoutClosed(handler: () => void): () => void {
  // The listener below tells EPIPE from other errors.
  process.stdout.on("error", handler);
  return () => process.stdout.off("error", handler);
}

function onTerminal({ redraw, leave }: { redraw: () => void; leave: () => void }): () => void {
  const suspend = (): void => {
    leave();
    process.kill(process.pid, "SIGSTOP");
  };
  process.stdout.on("resize", redraw);
  process.on("SIGTSTP", suspend);
  process.on("SIGCONT", redraw);
  return () => {
    process.stdout.off("resize", redraw);
    process.off("SIGTSTP", suspend);
    process.off("SIGCONT", redraw);
  };
}

function parentOf(): HostParent | undefined {
  if (process.send === undefined) return undefined;
  return {
    send: (message) => {
      // A parent that is gone is no error here: `onDisconnect` tells it.
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    },
    onMessage: (handler) => {
      process.on("message", handler);
      return () => process.off("message", handler);
    },
    onDisconnect: (handler) => {
      process.on("disconnect", handler);
      return () => process.off("disconnect", handler);
    },
  };
}

const host: Host = {
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => new Date(),
  cores: availableParallelism(),
  resources: () => {
    const { user, system } = process.cpuUsage();
    return { cpuS: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() };
  },
  addresses: () => Object.values(networkInterfaces()).flatMap((found) => found ?? []),
  onSignal,
  onExit: (handler) => {
    process.on("exit", handler);
    return () => process.off("exit", handler);
  },
  onStdoutClosed,
  onTerminal,
  parent: parentOf(),
  nodeVersion: process.version,
  pid: process.pid,
  execPath: process.execPath,
  mainFile: here("./main.js"),
  workerFile: here("./worker/worker.js"),
  version: productVersion(),
  setExitCode: (code) => {
    process.exitCode = code;
  },
  exitNow: (code) => process.exit(code),
};

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // The reader of a pipe (`| head`) left: nothing more to say, and no reason for a stack trace.
    if (error.code !== "EPIPE") throw error;
  });
}

const { runCli } = await import("./cli/cli.ts");
process.exitCode = await runCli(host);
