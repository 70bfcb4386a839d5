import { EXIT_CODES } from "../base/errors.ts";
import type { Threshold } from "../metrics/threshold-expression.ts";
import { evaluateThreshold, parseThreshold } from "../metrics/thresholds.ts";
import type { Results } from "../output/results.ts";
import type { ThresholdResult } from "../output/summary.ts";
import { buildSummary } from "./build-summary.ts";
import { generatorHealth } from "./generator-health.ts";
import { nothingProvisioned } from "./nothing-provisioned.ts";
import type { RunFacts } from "./run-facts.ts";
import { strictReasons } from "./strict.ts";
import { thresholdView } from "./threshold-view.ts";
import { decide } from "./verdict.ts";

/** Makes of a run's facts what its result files hold; pure, so that a record of the run gives the same again. */
export function judge(facts: RunFacts): Results {
  const { aggregate, asksDps, end, workers, lostFiles } = facts;
  const generator = generatorHealth(facts);
  const thresholds = judgeThresholds(facts);
  const strict = facts.strict ? strictReasons({ generator, thresholds, lostFiles }) : null;
  const totals = aggregate.totals();
  const { interrupted, stoppedArriving } = end;
  const { verdict, exitCode } = decide({
    interrupted,
    stoppedArriving,
    failureCode:
      interrupted || end.failure === undefined ? undefined : EXIT_CODES[end.failure.code],
    toAdmit: aggregate.devices("devices_to_admit"),
    admitted: asksDps ? totals.assigned : totals.connected,
    lostForGood: workers.gone,
    thresholds,
    strict: strict ?? [],
  });
  const rows = aggregate.rows();
  const nothing = exitCode === EXIT_CODES.NOTHING_PROVISIONED;
  const failure = end.failure ?? (nothing ? nothingProvisioned(rows, asksDps) : undefined);
  return {
    summary: buildSummary(facts, { verdict, thresholds, generator, strict }),
    rows,
    exitCode,
    failure: interrupted ? undefined : failure,
  };
}

function judgeThresholds(facts: RunFacts): ThresholdResult[] {
  const view = thresholdView(facts);
  const { aborted } = facts.end;
  return facts.thresholds.flatMap((expression): ThresholdResult[] => {
    const parsed = parseThreshold(expression);
    // Whoever made the plan has parsed each of them before.
    if (!("threshold" in parsed)) return [];
    const hint = hubHint(parsed.threshold, facts);
    const outcome = {
      ...evaluateThreshold(parsed.threshold, view),
      ...(hint === undefined ? {} : { hint }),
    };
    // It decided when it failed; that it may hold since says nothing.
    return aborted?.expression === outcome.expression
      ? [{ ...outcome, observed: aborted.observed, passed: false, abortedAtS: aborted.t / 1_000 }]
      : [outcome];
  });
}

/** Which hubs there are is known at the end only; a count of what a mistyped one did would be 0, and may hold. */
function hubHint(
  { labels: { hub } }: Pick<Threshold, "labels">,
  { aggregate }: Pick<RunFacts, "aggregate">,
): string | undefined {
  if (hub === undefined) return undefined;
  // Devices may have moved on since they connected.
  const connected = aggregate.labelled("connection_opened", "hub");
  const hubs = Object.keys({ ...aggregate.byHub(), ...connected });
  if (hubs.includes(hub)) return undefined;
  return `no device was at hub ${hub}; there were ${hubs.join(", ") || "none"}`;
}
