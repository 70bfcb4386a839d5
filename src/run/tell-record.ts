import { devicesEvents, fleetEvents } from "../output/device-lines.ts";
import type { RunEvent } from "../output/output.ts";
import type { Summary } from "../output/summary.ts";
import type { RunFacts } from "../results/run-facts.ts";
import type { Overrides } from "../scenario/overrides.ts";
import { plannedDevices } from "./planned-devices.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunIdentity } from "./run-identity.ts";
import { asksDps } from "./run-identity.ts";
import { shownOverrides, shownScenario } from "./shown-scenario.ts";

/** Tells what is going to be run: the first events of every run. */
export function tellPlan(
  given: {
    readonly run: RunIdentity;
    readonly prepared: Pick<PreparedRun, "plan" | "workers" | "scenario" | "models">;
    readonly overrides: Overrides;
    readonly strict: boolean;
  },
  emit: (event: RunEvent) => void,
): void {
  const { run, prepared, strict } = given;
  const { plan, workers, scenario } = prepared;
  const { id: runId, ...identity } = run;
  emit({
    type: "plan",
    t: 0,
    runId,
    scenario: identity.scenario,
    seed: identity.seed,
    target: identity.target,
    startedAt: identity.startedAt,
    devices: plan.devices.length,
    arrivalEndMs: plan.arrivalEndMs,
    durationMs: plan.durationMs ?? null,
    timeScale: plan.timeScale,
    workers,
    phases: plan.phases,
    thresholds: plan.thresholds,
    version: identity.version,
    asksDps: asksDps(prepared),
    shard: identity.shard,
    planFingerprint: identity.planFingerprint,
    merged: identity.merged,
    strict,
  });
  const overrides = shownOverrides(given.overrides);
  emit({ type: "configuration", t: 0, scenario: shownScenario(scenario), overrides });
  for (const event of fleetEvents(plannedDevices(prepared))) emit(event);
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
