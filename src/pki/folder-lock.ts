import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmdirSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { isMissing } from "./file-text.ts";

/** The holder shows that it lives by touching the lock this often. */
const HEARTBEAT_MS = 2_000;
/** A lock that nobody has touched for so long belongs to a process that is gone. */
const STALE_MS = 20_000;
const POLL_MS = 50;

export interface FolderLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** > 0; default 120,000. How long to wait for another process. */
  readonly timeoutMs?: number | undefined;
  /** > 0; default 20,000. A test can wait less for a lock that was left behind. */
  readonly staleMs?: number | undefined;
}

/**
 * Runs `work` while no other process does so for the same folder. The folder must exist.
 *
 * @throws {FleetError} `FILE_INVALID` if the lock cannot be made, or is not free in time
 */
export async function withFolderLock<T>(
  dir: string,
  options: FolderLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(dir, ".lock");
  await acquire(path, options);
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    release(path);
  }
}

/** Whether some process is at work in the folder: what is read there may be half of something. */
export function isLocked(dir: string): boolean {
  return existsSync(join(dir, ".lock"));
}

async function acquire(path: string, options: FolderLockOptions): Promise<void> {
  const { signal, timeoutMs = 120_000, staleMs = STALE_MS } = options;
  const startedMs = performance.now();
  let seen: { mtimeMs: number; sinceMs: number } | undefined;
  while (!tryMake(path)) {
    const nowMs = performance.now();
    if (nowMs - startedMs > timeoutMs) throw notFree(path);
    const mtimeMs = mtimeOf(path);
    // Age is how long we have seen it unchanged: clocks of machines that share a folder differ.
    if (mtimeMs !== undefined && mtimeMs === seen?.mtimeMs) {
      if (nowMs - seen.sinceMs > staleMs) removeStale(path, mtimeMs);
    } else {
      seen = mtimeMs === undefined ? undefined : { mtimeMs, sinceMs: nowMs };
    }
    await delay(POLL_MS, undefined, signal === undefined ? {} : { signal });
  }
}

function tryMake(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    const message = `expected a folder that can be written to, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", `${path}: ${message}`, {
      cause,
      problems: [{ place: path, message }],
    });
  }
}

/** Moves the lock away first: of two that find it stale only one can, and it sees whether it took a fresh one. */
function removeStale(path: string, staleMtimeMs: number): void {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    renameSync(path, aside);
    if (mtimeOf(aside) === staleMtimeMs) rmdirSync(aside);
    else renameSync(aside, path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function release(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function mtimeOf(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function notFree(path: string): FleetError {
  const message = "expected the certificates to be free, another process is issuing some";
  const hint = `wait for it; if none is running, remove ${path}`;
  return new FleetError("FILE_INVALID", `${path}: ${message}`, {
    hint,
    problems: [{ place: path, message, hint }],
  });
}
