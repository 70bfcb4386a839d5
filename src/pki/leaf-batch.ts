import { setImmediate as nextTurn } from "node:timers/promises";
import type { LeafJob, LeafJobContext } from "./leaf-job.ts";
import { runLeafJob } from "./leaf-job.ts";

/** Jobs with the CA that signs. */
export interface LeafBatch extends LeafJobContext {
  readonly jobs: readonly LeafJob[];
}

export interface BatchOptions {
  /** Told how many of these jobs are done. */
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Jobs under way at once; default 4, the size of Node's thread pool, where RSA keys are made. */
  readonly concurrency?: number | undefined;
}

/** After so many leaves the event loop gets its turn, so that progress shows and signals arrive. */
const JOBS_PER_TURN = 20;
/** RSA keys take up to seconds each, made in Node's thread pool: each of them is progress. */
const isSlow = ({ keyKind, key, existing }: LeafJob): boolean =>
  key === undefined && existing === undefined && keyKind !== undefined && keyKind.startsWith("rsa");

/** Does all jobs in this thread, giving way to the event loop now and then. */
export async function runLeafJobs(batch: LeafBatch, options: BatchOptions = {}): Promise<void> {
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let job = batch.jobs[next++]; job !== undefined; job = batch.jobs[next++]) {
      options.signal?.throwIfAborted();
      await runLeafJob(job, batch);
      done += 1;
      if (isSlow(job) || done % JOBS_PER_TURN === 0 || done === batch.jobs.length) {
        options.onProgress?.(done);
        await nextTurn();
      }
    }
  };
  const guarded = (): Promise<void> =>
    lane().catch((error: unknown) => {
      // The other lanes find nothing more to do.
      next = batch.jobs.length;
      throw error;
    });
  // Until every lane has ended: nothing may be written after this function has returned or thrown.
  const lanes = await Promise.allSettled(Array.from({ length: options.concurrency ?? 4 }, guarded));
  const failed = lanes.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
