import type { RunFacts } from "../results/run-facts.ts";
import type { PreparedRun } from "./prepare.ts";
import { fileStamp } from "./run-files.ts";

/** What a run is called, and of what it is. */
export type RunIdentity = Omit<RunFacts["run"], "durationS">;

/** The scenario; parts that start in the same second have names of their own. */
export const runName = ({ plan: { scenario }, shard }: PreparedRun): string =>
  shard === undefined ? scenario : `${scenario}-${shard.index}-of-${shard.of}`;

/** Whether devices ask DPS for their hub, or brought it along. */
export const asksDps = ({ scenario }: Pick<PreparedRun, "scenario">): boolean =>
  scenario.provisioning.connectionStrings === undefined;

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
