import { z } from "zod";

const count = z.int().nonnegative();
const ms = z.number().nonnegative().nullable();

/** A percentiles object of `summary.json`. */
export const percentiles = z
  .strictObject({
    count,
    min: ms,
    mean: ms,
    p50: ms,
    p90: ms,
    p95: ms,
    p99: ms,
    p999: ms,
    max: ms,
  })
  .describe("Milliseconds from the moment at which the work was due; nulls where count is 0.");
