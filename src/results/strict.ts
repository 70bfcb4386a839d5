import type { StrictReason, Summary } from "../output/summary.ts";
import { observedText } from "../output/threshold-text.ts";

/**
 * What fails a run with `--strict` that decides nothing without it: whatever makes its figures less than what was asked
 * for. The one place for such reasons.
 */
export function strictReasons({
  generator,
  thresholds,
}: Pick<Summary, "generator" | "thresholds">): readonly StrictReason[] {
  return [
    ...(generator?.reasons ?? []).map(({ text }): StrictReason => ({ kind: "generator", text })),
    ...thresholds
      .filter(({ passed }) => passed === null)
      .map((result): StrictReason => ({
        kind: "unmeasured",
        text: `${result.expression} ${observedText(result)}`,
      })),
  ];
}
