import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { LeafBatch } from "./leaf-batch.ts";
import { runLeafJobs } from "./leaf-batch.ts";

export interface PoolOptions {
  /** >= 1; default: one a core. */
  readonly threads?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Below this a thread takes longer to start than the leaves take to make; 1,000 leaves keep eight cores busy. */
const JOBS_PER_THREAD = 125;

/** Does all jobs, in threads where they are many. */
export async function runInParallel(batch: LeafBatch, options: PoolOptions): Promise<void> {
  const { onProgress, signal } = options;
  const total = batch.jobs.length;
  if (total > 0) onProgress?.(0, total);
  // Node 20 runs no .ts: from the sources, as tests do, everything happens in this thread.
  const built = import.meta.url.endsWith(".js");
  const wanted = Math.min(
    options.threads ?? availableParallelism(),
    Math.floor(total / JOBS_PER_THREAD),
  );
  if (!built || wanted < 2) {
    await runLeafJobs(batch, { signal, onProgress: (done) => onProgress?.(done, total) });
    return;
  }
  const done = Array.from({ length: wanted }, () => 0);
  const threads = await Promise.allSettled(
    done.map((_, thread) =>
      runThread(
        { ...batch, jobs: batch.jobs.filter((_job, at) => at % wanted === thread) },
        signal,
        (count) => {
          done[thread] = count;
          onProgress?.(
            done.reduce((sum, each) => sum + each, 0),
            total,
          );
        },
      ),
    ),
  );
  const failed = threads.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function runThread(
  batch: LeafBatch,
  signal: AbortSignal | undefined,
  onDone: (count: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(new URL("leaf-worker.js", import.meta.url), { workerData: batch });
    // Asked, not terminated: a thread that dies between two files leaves half of an identity.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread, not a window
    const stop = (): void => worker.postMessage("stop");
    signal?.addEventListener("abort", stop, { once: true });
    let failure: unknown;
    worker.on("message", onDone);
    worker.once("error", (error) => {
      failure = error;
    });
    worker.once("exit", () => {
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted === true) reject(signal.reason);
      else if (failure === undefined) resolve();
      else reject(failure);
    });
  });
}
