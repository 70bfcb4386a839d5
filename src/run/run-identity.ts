import type { RunEvent } from "../output/output.ts";
import type { RunFacts } from "../results/run-facts.ts";
import type { PreparedRun } from "./prepare.ts";
import { fileStamp } from "./run-files.ts";

/** What a run is called, and of what it is. */
export type RunIdentity = Omit<RunFacts["run"], "durationS" | "resumed">;

/** The scenario; parts that start in the same second have names of their own. */
export const runName = ({ plan: { scenario }, shard }: PreparedRun): string =>
  shard === undefined ? scenario : `${scenario}-${shard.index}-of-${shard.of}`;

/** Whether devices ask DPS for their hub, or brought it along. */
export const asksDps = ({ scenario }: Pick<PreparedRun, "scenario">): boolean =>
  scenario.provisioning.connectionStrings === undefined;

/** Of a run that goes on. @param plan as it was recorded */
export const recordedIdentity = (plan: RunEvent & { readonly type: "plan" }): RunIdentity => ({
  id: plan.runId,
  scenario: plan.scenario,
  seed: plan.seed,
  target: plan.target,
  startedAt: plan.startedAt,
  version: plan.version,
  shard: plan.shard,
  planFingerprint: plan.planFingerprint,
  merged: plan.merged,
});

/** @param version of the program */
export function identityOf(prepared: PreparedRun, startedAt: Date, version: string): RunIdentity {
  const { plan, shard, fingerprint } = prepared;
  return {
    id: `${fileStamp(startedAt)}-${runName(prepared)}`,
    scenario: plan.scenario,
    seed: plan.seed,
    target: plan.target,
    startedAt: startedAt.toISOString(),
    version,
    shard: shard ?? null,
    planFingerprint: fingerprint,
    merged: null,
  };
}
