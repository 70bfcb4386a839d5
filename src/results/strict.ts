import { EXIT_CODES, FleetError } from "../base/errors.ts";
import type { Results } from "../output/results.ts";
import type { GeneratorHealth } from "../output/generator-summary.ts";
import type { StrictReason, Summary } from "../output/summary.ts";
import { observedText } from "../output/threshold-text.ts";
import type { RunFacts } from "./run-facts.ts";

/**
 * What fails a run with `--strict` that decides nothing without it: whatever makes its figures less than what was asked
 * for. The one place for such reasons.
 */
export function strictReasons({
  generator,
  thresholds,
  lostFiles,
}: Pick<Summary, "generator" | "thresholds"> &
  Pick<RunFacts, "lostFiles">): readonly StrictReason[] {
  return [
    ...generatorReason(generator),
    ...thresholds
      .filter(({ passed }) => passed === null)
      .map((result): StrictReason => ({
        kind: "unmeasured",
        text: `${result.expression} ${observedText(result)}`,
      })),
    ...lostReason(lostFiles),
  ];
}

/**
 * What --strict makes of results some of which could not be written: the files that could were judged without that.
 *
 * @param lost names of all files that are not whole
 */
export function strictWithLost(results: Results, lost: readonly string[]): Results {
  const { summary, exitCode } = results;
  const [reason] = lostReason(lost);
  if (reason === undefined || exitCode !== 0) return results;
  return {
    ...results,
    summary: { ...summary, verdict: "failed", strict: [...(summary.strict ?? []), reason] },
    exitCode: EXIT_CODES.THRESHOLD_FAILED,
    failure: new FleetError("THRESHOLD_FAILED", `--strict: ${reason.text}`, {
      hint: "make room on the disk; the files that were written before still say passed",
    }),
  };
}

/** One, however many limits there were: each is told where the generator is. */
function generatorReason(generator: GeneratorHealth | null): readonly StrictReason[] {
  const [first, ...others] = generator?.reasons ?? [];
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : `; ${others.length} more of the generator's limits`;
  return [{ kind: "generator", text: `${first.text}${more}` }];
}

const lostReason = (lost: readonly string[]): readonly StrictReason[] =>
  lost.length === 0
    ? []
    : [{ kind: "lostFiles", text: `result files are not whole: ${lost.join(", ")}` }];
