import { forkWorker } from "../supervisor/fork-worker.ts";
import type { SupervisorOptions } from "../supervisor/supervisor.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import type { FleetView } from "./fleet-view.ts";
import type { IngestionAccount } from "./ingestion-account.ts";
import type { Journal } from "./journal/journal.ts";
import type { PreparedRun } from "./prepare.ts";
import type { PastRun } from "./resume/past-run.ts";
import { resumedShard } from "./resume/resumed-shard.ts";
import type { RunContext, RunOptions } from "./run-options.ts";
import { makeShards } from "./shards.ts";
import type { Target } from "./target.ts";

export interface RunWorkersOptions extends Pick<SupervisorOptions, "onSnapshot" | "onWorker"> {
  readonly runId: string;
  readonly prepared: PreparedRun;
  readonly target: Target;
  /** Absolute. */
  readonly certsDir: string;
  readonly options: RunOptions;
  readonly context: RunContext;
  readonly view: FleetView;
  readonly journal: Journal;
  /** What the run goes on with; undefined = it begins. */
  readonly past: PastRun | undefined;
  /** What hubs have ingested of this run before; undefined where nobody can read that. */
  readonly account: Pick<IngestionAccount, "highestSeq"> | undefined;
  /** Lines that workers print. */
  readonly onChildOutput: (text: string) => void;
}

/** The workers of a run, not started yet; what they tell goes into the journal first. */
export function runWorkers(given: RunWorkersOptions): Supervisor {
  const { prepared, options, context, view, journal, onChildOutput: onOutput } = given;
  const { execPath, workerFile, env } = context;
  const off = offBefore(given.past);
  const supervisor = new Supervisor({
    shards: shardsOf(given, off, {
      ...options,
      runId: given.runId,
      plan: prepared.plan,
      workers: prepared.workers,
      certsDir: given.certsDir,
      modelsDir: prepared.modelsDir,
      endpoints: given.target.endpoints,
    }),
    fork: () => forkWorker({ execPath, workerFile, env, onOutput }),
    now: () => context.wallMs(),
    random: context.random,
    assignmentOf: (id) => view.aggregate.assignmentOf(id),
    onSnapshot: (snapshot) => {
      journal.told(snapshot);
      given.onSnapshot(snapshot);
    },
    onWorker: (notice) => {
      // Before it is started: a boot that nobody remembers would be given twice.
      if (notice.state === "restarting") journal.add({ type: "boot", boot: notice.boot });
      given.onWorker(notice);
    },
  });
  supervisor.tell({ type: "stopDevices", registrationIds: [...off], how: "inOrder" });
  return supervisor;
}

/** Devices that were switched off when their run was killed; an end in good order switches off all of them. */
const offBefore = (past: PastRun | undefined): ReadonlySet<string> =>
  past === undefined || past.record.end !== undefined ? new Set() : past.journal.off;

function shardsOf(
  { view, journal, past, account }: RunWorkersOptions,
  off: ReadonlySet<string>,
  options: Parameters<typeof makeShards>[0],
): ReturnType<typeof makeShards> {
  const shards = makeShards(options);
  if (past === undefined) return shards;
  const assignmentOf = (id: string) => view.aggregate.assignmentOf(id);
  const firstSeqOf = (id: string): number => {
    const deviceId = assignmentOf(id)?.deviceId ?? id;
    return 1 + Math.max(past.journal.highestSeq(id), account?.highestSeq(deviceId) ?? 0);
  };
  const { boot } = journal;
  const { t: atMs } = past.record;
  const hasStarted = (id: string): boolean => past.journal.knows(id);
  const isOff = (id: string): boolean => off.has(id);
  return shards.map((shard) =>
    resumedShard(shard, { atMs, boot, assignmentOf, firstSeqOf, hasStarted, isOff }),
  );
}
