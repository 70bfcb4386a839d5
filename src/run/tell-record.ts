import type { PlannedDevice } from "../metrics/device-row.ts";
import { devicesEvents, fleetEvents } from "../output/device-lines.ts";
import type { RunEvent } from "../output/output.ts";
import type { Summary } from "../output/summary.ts";
import type { Plan } from "../plan/plan.ts";
import type { Shard } from "../plan/plan-part.ts";
import type { RunFacts } from "../results/run-facts.ts";
import type { Overrides } from "../scenario/overrides.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { shownOverrides, shownScenario } from "./shown-scenario.ts";

/** Tells what is going to be run: the first events of every run. */
export function tellPlan(
  given: {
    readonly runId: string;
    readonly plan: Plan;
    readonly devices: readonly PlannedDevice[];
    readonly startedAt: Date;
    readonly workers: number;
    readonly asksDps: boolean;
    readonly version: string;
    readonly strict: boolean;
    readonly shard: Shard | undefined;
    readonly fingerprint: string;
    readonly scenario: Scenario;
    readonly overrides: Overrides;
  },
  emit: (event: RunEvent) => void,
): void {
  const { runId, plan, devices, startedAt, workers, asksDps, version, strict } = given;
  const { shard, fingerprint } = given;
  emit({
    type: "plan",
    t: 0,
    runId,
    scenario: plan.scenario,
    seed: plan.seed,
    target: plan.target,
    startedAt: startedAt.toISOString(),
    devices: plan.devices.length,
    arrivalEndMs: plan.arrivalEndMs,
    durationMs: plan.durationMs ?? null,
    timeScale: plan.timeScale,
    workers,
    phases: plan.phases,
    thresholds: plan.thresholds,
    version,
    asksDps,
    shard: shard ?? null,
    planFingerprint: fingerprint,
    merged: null,
    strict,
  });
  const overrides = shownOverrides(given.overrides);
  emit({ type: "configuration", t: 0, scenario: shownScenario(given.scenario), overrides });
  for (const event of fleetEvents(devices)) emit(event);
}

/** Tells all that the verdict follows from, and the summary: the last events of every run. */
export function tellEnd(facts: RunFacts, summary: Summary, emit: (event: RunEvent) => void): void {
  const { aggregate, actions, ledger, workers, end, lostFiles } = facts;
  const { interrupted, stoppedArriving, failure, aborted = null } = end;
  const t = Math.round(facts.run.durationS * 1_000);
  for (const event of devicesEvents(aggregate.rows(), t)) emit(event);
  emit({ type: "ledger", t, ledger });
  emit({
    type: "end",
    t,
    interrupted,
    stoppedArriving,
    failure:
      failure === undefined
        ? null
        : {
            code: failure.code,
            message: failure.message,
            hint: failure.hint,
            problems: failure.problems,
          },
    aborted,
    lostFiles,
    actions,
    workers,
    resources: summary.resources,
  });
  emit({ type: "summary", t, summary });
}
