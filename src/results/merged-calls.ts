import { LatencyHistogram } from "../metrics/histogram.ts";
import type { ActionCalls } from "../output/output.ts";

/** The calls of several rounds, or of several parts of a fleet, together; undefined where there were none. */
export function mergedCalls(
  a: ActionCalls | undefined,
  b: ActionCalls | undefined,
): ActionCalls | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const answers: Record<string, number> = { ...a.answers };
  for (const [name, count] of Object.entries(b.answers)) {
    answers[name] = (answers[name] ?? 0) + count;
  }
  const times = new LatencyHistogram();
  times.merge(a.times);
  times.merge(b.times);
  return { answers, times: times.encode() };
}
