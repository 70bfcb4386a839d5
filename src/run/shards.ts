import type { LogLevel } from "../base/log.ts";
import type { Plan } from "../plan/plan.ts";
import { deal, dealRate, shardDevices } from "../plan/shard.ts";
import type { Endpoints, ShardStart } from "../worker/protocol.ts";

/** Between two snapshots of a worker, in ms: the fleet is told each second, and should not be a second behind. */
const SNAPSHOT_INTERVAL_MS = 500;

/** Each worker's part of the plan: devices, the fleet's concurrency and its limit on attempts sum to the whole. */
export function makeShards(options: {
  readonly runId: string;
  readonly plan: Plan;
  readonly workers: number;
  readonly certsDir: string;
  readonly modelsDir: string;
  readonly endpoints: Endpoints;
  readonly saveMessages: boolean;
  readonly logLevel: LogLevel;
}): readonly ShardStart[] {
  const { runId, plan, workers, certsDir, modelsDir, endpoints, saveMessages, logLevel } = options;
  const slots = plan.concurrency === undefined ? undefined : deal(plan.concurrency, workers);
  const rates = plan.attemptsPerS === undefined ? [] : dealRate(plan.attemptsPerS, workers);
  return shardDevices(plan.devices, workers).map((devices, worker) => ({
    runId,
    worker,
    boot: 1,
    seed: plan.seed,
    devices,
    alerts: plan.alerts,
    phases: plan.phases,
    timeScale: plan.timeScale,
    ...(slots === undefined ? {} : { concurrency: slots[worker] }),
    ...(rates[worker] === undefined ? {} : { attemptsPerS: rates[worker] }),
    ...(plan.cachesAssignments === true ? { cachesAssignments: true } : {}),
    ...(plan.hearsMessages === true ? { hearsMessages: true } : {}),
    certsDir,
    modelsDir,
    endpoints,
    saveMessages,
    ...(plan.oracle === undefined ? {} : { tellsSettled: true }),
    snapshotIntervalMs: SNAPSHOT_INTERVAL_MS,
    logLevel,
  }));
}
