import { z } from "zod";

import { GC_KINDS } from "./gc-use.ts";

const count = z.int().nonnegative();
const ms = count;

const stall = z.strictObject({ t: z.int(), ms, model: z.string().optional() });

/** A `ProcessHealth`, as it crosses processes and stands in `run.ndjson`. */
export const processHealth = z.strictObject({
  spanMs: ms,
  cpuMs: ms,
  loopMaxMs: ms,
  lateMs: ms,
  gc: z.partialRecord(z.enum(GC_KINDS), z.strictObject({ count, ms })),
  heapUsedBytes: count,
  heapLimitBytes: count,
  rssBytes: count,
  stalls: z.array(stall),
});

/** A `GeneratorSample`, as it stands in `run.ndjson`. */
export const generatorSample = z.strictObject({
  workers: z.array(
    z.union([
      z.strictObject({ worker: count, silentMs: ms }),
      z.strictObject({ worker: count, ...processHealth.shape }),
    ]),
  ),
  supervisor: processHealth,
  machine: z.strictObject({ spanMs: ms, cpuShare: z.number().min(0).max(1) }),
});
