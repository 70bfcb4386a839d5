import type { LogLevel } from "../base/log.ts";
import type { Plan } from "../plan/plan.ts";
import { deal, shardDevices } from "../plan/shard.ts";
import type { Endpoints, ShardStart } from "../worker/protocol.ts";

/** Between two snapshots of a worker, in ms: the fleet is told each second, and should not be a second behind. */
const SNAPSHOT_INTERVAL_MS = 500;

/** Each worker's part of the plan: devices and the fleet's concurrency sum to the whole. */
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
    ...(plan.cachesAssignments === true ? { cachesAssignments: true } : {}),
    certsDir,
    modelsDir,
    endpoints,
    saveMessages,
    snapshotIntervalMs: SNAPSHOT_INTERVAL_MS,
    logLevel,
  }));
}
