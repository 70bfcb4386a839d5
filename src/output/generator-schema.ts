import { z } from "zod";

import { GC_KINDS } from "../metrics/generator/gc-use.ts";

const count = z.int().nonnegative();
const ms = z.number().nonnegative().nullable();
const share = z.number().nonnegative();
const shares = z
  .strictObject({ mean: share, peak: share })
  .describe("Over the run, and over the 5 s in which it was most.");

const processUse = z.strictObject({
  cpuShare: shares.describe("Of one core."),
  loopDelayMs: z.strictObject({ p50: ms, p99: ms, max: ms }),
  lateMs: count.describe("For how long what was due waited more than 100 ms."),
  stalls: count.describe("Waits of 250 ms or more."),
  gc: z.strictObject({
    share: shares,
    byKind: z.partialRecord(z.enum(GC_KINDS), z.strictObject({ count, ms: count })),
  }),
  peakHeapBytes: count,
  peakHeapShare: share.describe("Of what V8 allows."),
  peakRssBytes: count,
});

/** `generator` of `summary.json`. */
export const generator = z.strictObject({
  limited: z.boolean(),
  reasons: z.array(
    z.strictObject({
      kind: z.enum(["stall", "silent", "late", "cpu", "gc", "heap", "machine"]),
      worker: count.nullable().describe("null: the supervisor, or the machine."),
      text: z.string(),
      mend: z.string(),
      fromMs: count.describe("Milliseconds after time 0."),
      toMs: count,
      value: z.number().describe("In ms for stall, silent and late, else a share."),
      limit: z.number(),
    }),
  ),
  workers: z.array(z.strictObject({ worker: count, ...processUse.shape })),
  supervisor: processUse,
  machine: z.strictObject({ cpuShare: shares.describe("Of all cores, whoever used them.") }),
});
