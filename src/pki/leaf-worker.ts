import { parentPort, workerData } from "node:worker_threads";
import type { LeafBatch } from "./leaf-batch.ts";
import { runLeafJobs } from "./leaf-batch.ts";

// The thread is started by leaf-pool.ts alone, with the batch as its data; the one message it gets means stop.
const batch: LeafBatch = workerData;
const stop = new AbortController();
parentPort?.once("message", () => stop.abort());
await runLeafJobs(batch, {
  signal: stop.signal,
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread, not a window
  onProgress: (done) => parentPort?.postMessage(done),
});
parentPort?.close();
