import { FleetError } from "../base/errors.ts";
import { backoffMs, sleep } from "../base/retry.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import type { DeviceCommand, ShardStart } from "../worker/protocol.ts";
import type { AssignmentOf } from "./restart-shard.ts";
import { restartShard } from "./restart-shard.ts";
import { narrowed, ShardMemory } from "./shard-memory.ts";
import type { WorkerChannel } from "./worker-channel.ts";
import type { WorkerTimeouts } from "./worker-process.ts";
import { DEFAULT_WORKER_TIMEOUTS, WorkerProcess } from "./worker-process.ts";

/** What happens to workers, as `run.ndjson` tells it. */
export interface WorkerNotice {
  readonly worker: number;
  readonly boot: number;
  /** silent: it has told nothing for longer than it should. */
  readonly state: "started" | "ready" | "silent" | "lost" | "restarting" | "stopped";
  readonly detail?: string | undefined;
}

/** How often a shard may be restarted, and how long each restart waits. */
export interface RestartPolicy {
  /** Restarts of one shard within `windowMs`; one more loss within it is for good. */
  readonly max: number;
  readonly windowMs: number;
  /** Bound of the first delay; doubles with each restart in the window. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export const DEFAULT_RESTART_POLICY: RestartPolicy = {
  max: 3,
  windowMs: 60_000,
  firstDelayMs: 200,
  maxDelayMs: 5_000,
};

export interface SupervisorOptions {
  /** One a worker, with the start times that restarts count from. */
  readonly shards: readonly ShardStart[];
  readonly fork: (shard: ShardStart) => WorkerChannel;
  /** ms since 1970. */
  readonly now: () => number;
  /** Uniform in [0, 1), for the jitter of restarts. */
  readonly random: () => number;
  readonly onSnapshot: (snapshot: Snapshot) => void;
  readonly onWorker: (notice: WorkerNotice) => void;
  /** Where devices belong, as far as they have told: those of a lost worker do not ask DPS again. */
  readonly assignmentOf?: AssignmentOf;
  readonly timeouts?: WorkerTimeouts;
  readonly restarts?: RestartPolicy;
}

/** One shard with the worker that hosts it at the moment. */
interface Slot {
  /** As it was planned, but for `boot`: restarts count from the planned start times. */
  shard: ShardStart;
  process: WorkerProcess | undefined;
  /** ms since 1970 of the restarts so far. */
  readonly restartedAt: number[];
  /** Nobody hosts it any more. */
  isGivenUp: boolean;
  /** What its devices were told while the run went on. */
  readonly memory: ShardMemory;
}

/** Starts one worker a shard, keeps them running, merges nothing itself, and stops them in order. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #timeouts: WorkerTimeouts;
  readonly #policy: RestartPolicy;
  readonly #slots: readonly Slot[];
  readonly #slotOf: ReadonlyMap<string, Slot>;
  readonly #stopping = new AbortController();
  readonly #restarting = new Set<Promise<boolean>>();
  #timeZeroMs: number | undefined;
  #lost = 0;
  #restarted = 0;
  #lostForGood = 0;
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#timeouts = options.timeouts ?? DEFAULT_WORKER_TIMEOUTS;
    this.#policy = options.restarts ?? DEFAULT_RESTART_POLICY;
    this.#slots = options.shards.map((shard) => ({
      shard,
      process: undefined,
      restartedAt: [],
      isGivenUp: false,
      memory: new ShardMemory(),
    }));
    this.#slotOf = new Map(
      this.#slots.flatMap((slot) =>
        slot.shard.devices.map(({ registrationId }) => [registrationId, slot] as const),
      ),
    );
  }

  /** Exits that nobody asked for. */
  get lost(): number {
    return this.#lost;
  }

  /** Lost workers whose shard runs again. */
  get restarted(): number {
    return this.#restarted;
  }

  /** Shards that nobody hosts any more. */
  get lostForGood(): number {
    return this.#lostForGood;
  }

  /** Process ids of the workers that are there, by worker. */
  get pids(): readonly (number | undefined)[] {
    return this.#slots.map((slot) => slot.process?.pid);
  }

  /**
   * Starts all workers; resolves when every shard is loaded. A worker that dies meanwhile is restarted like any other.
   *
   * @throws {FleetError} what the first worker that cannot start said, `WORKER_LOST` where one kept dying without a
   *   word; all are stopped by then
   */
  async start(): Promise<void> {
    try {
      await Promise.all(this.#slots.map((slot) => this.#launchFirst(slot)));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Gives all workers one time zero (ms since 1970) and lets their devices start. */
  begin(timeZeroMs: number): void {
    this.#timeZeroMs = timeZeroMs;
    for (const slot of this.#slots) slot.process?.begin(timeZeroMs);
  }

  /**
   * Tells devices something, and each worker that comes to host them later: one that replaces a lost worker leaves off
   * what is off. Ids of no shard are passed over.
   */
  tell(command: DeviceCommand): void {
    for (const slot of this.#slots) {
      const own = narrowed(command, (id) => this.#slotOf.get(id) === slot);
      if (own === undefined) continue;
      slot.memory.note(own);
      slot.process?.tell(own);
    }
  }

  /** Whether a worker has this device, or will have it again. */
  hosts(registrationId: string): boolean {
    return this.#slotOf.get(registrationId)?.isGivenUp === false;
  }

  /** Tells the workers of these devices that the files of their identities have changed. */
  identitiesChanged(registrationIds: readonly string[]): void {
    const changed = new Set(registrationIds);
    for (const { shard, process } of this.#slots) {
      const own = shard.devices.map((device) => device.registrationId);
      const ids = own.filter((id) => changed.has(id));
      if (ids.length > 0) process?.identitiesChanged(ids);
    }
  }

  /** Stops every worker in order and waits until all processes are gone; safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Kills every worker now; `stop()` then returns soon. */
  kill(): void {
    this.#stopping.abort();
    for (const slot of this.#slots) slot.process?.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(
      this.#slots.map(async (slot) => {
        const { process } = slot;
        if (process === undefined || process.state === "lost") return;
        await process.stop();
        this.#tell(process, "stopped");
      }),
    );
    await Promise.all(this.#restarting);
  }

  /** @param first what its devices are told as soon as they are there */
  async #launch(
    slot: Slot,
    shard: ShardStart,
    first: readonly DeviceCommand[] = [],
  ): Promise<void> {
    const process = new WorkerProcess({
      shard,
      channel: this.#options.fork(shard),
      timeouts: this.#timeouts,
      onSnapshot: this.#options.onSnapshot,
      onLost: (detail) => this.#onLost(slot, process, detail),
    });
    slot.process = process;
    for (const command of first) process.tell(command);
    this.#tell(process, "started", process.pid === undefined ? undefined : `pid ${process.pid}`);
    await process.ready();
    if (slot.restartedAt.length > 0) this.#restarted += 1;
    this.#tell(process, "ready");
    if (this.#timeZeroMs !== undefined) process.begin(this.#timeZeroMs);
  }

  async #launchFirst(slot: Slot): Promise<void> {
    try {
      await this.#launch(slot, slot.shard, slot.memory.stops);
    } catch (error) {
      // One that says why it cannot start would say it again.
      const died = error instanceof FleetError && error.code === "WORKER_LOST";
      if (!died || this.#stopping.signal.aborted) throw error;
      this.#lost += 1;
      const { worker, boot } = slot.shard;
      this.#options.onWorker({ worker, boot, state: "lost", detail: error.message });
      if (!(await this.#restart(slot))) throw error;
    }
  }

  #onLost(slot: Slot, process: WorkerProcess, detail: string): void {
    this.#lost += 1;
    this.#tell(process, "lost", detail);
    const restart = this.#restart(slot).finally(() => this.#restarting.delete(restart));
    this.#restarting.add(restart);
  }

  /** Brings a lost worker's shard back, or gives it up; never rejects. @returns whether it is back */
  async #restart(slot: Slot): Promise<boolean> {
    const { now, random } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const recent = slot.restartedAt.filter((at) => now() - at < this.#policy.windowMs);
      if (recent.length >= this.#policy.max) {
        this.#lostForGood += 1;
        slot.isGivenUp = true;
        this.#options.onWorker({
          worker: slot.shard.worker,
          boot: slot.shard.boot,
          state: "lost",
          detail: `given up after ${recent.length} restarts`,
        });
        return false;
      }
      const { firstDelayMs: firstMs, maxDelayMs: maxMs } = this.#policy;
      const delayMs = backoffMs({ firstMs, maxMs, jitter: 0.5 }, recent.length + 1, random);
      try {
        await sleep(delayMs, this.#stopping.signal);
      } catch {
        return false; // stopped while waiting
      }
      slot.restartedAt.push(now());
      const atMs = now() - (this.#timeZeroMs ?? now());
      const told = slot.memory.applied(slot.shard, atMs);
      const moved = restartShard(told, atMs, this.#options.assignmentOf);
      slot.shard = { ...slot.shard, boot: moved.boot };
      this.#options.onWorker({ worker: moved.worker, boot: moved.boot, state: "restarting" });
      try {
        await this.#launch(slot, moved, slot.memory.stops);
        return true;
      } catch (error) {
        if (this.#stopping.signal.aborted) return false;
        this.#lost += 1;
        const detail = error instanceof Error ? error.message : String(error);
        const { worker, boot } = moved;
        this.#options.onWorker({ worker, boot, state: "lost", detail });
      }
    }
    return false;
  }

  #tell(process: WorkerProcess, state: WorkerNotice["state"], detail?: string): void {
    this.#options.onWorker({ worker: process.worker, boot: process.boot, state, detail });
  }
}
