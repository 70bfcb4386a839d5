import { EventEmitter, once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { azureDate } from "../../azure-time.ts";
import type { EmulatorLimits } from "../../defaults.ts";
import { ServiceFault } from "../../fault.ts";
import { waitUntil } from "../../wait-until.ts";
import type { Table } from "../../state/state.ts";
import type { IotHub } from "../hub.ts";
import { newTwin, patchTwin } from "../twins/twin.ts";
import { DeviceJobs } from "./device-jobs.ts";
import type { JobAction, JobOutcome, JobRequest, KeptJob } from "./job.ts";
import { Job, NOT_BEGUN } from "./job.ts";
import { deviceJobCodec, jobCodec } from "./job-codec.ts";
import { failCutOff, runJob } from "./run-job.ts";

interface Run {
  readonly cancel: AbortController;
  readonly ended: Promise<void>;
}

/** The jobs of one hub: those that wait, run, and ended not too long ago. */
export class Jobs {
  readonly #hub: IotHub;
  readonly #kept: Table<KeptJob>;
  readonly #byId = new Map<string, Job>();
  readonly #runs = new Map<Job, Run>();
  /** Due and not ended; they count against the quota. */
  readonly #active = new Set<Job>();
  /** Emits `freed` when an active job has ended. */
  readonly #slots = new EventEmitter().setMaxListeners(0);
  #isStopping = false;

  constructor(hub: IotHub) {
    this.#hub = hub;
    this.#kept = hub.around.state.table(`${hub.place}/jobs`, jobCodec);
    for (const kept of this.#kept.values()) this.#newJob(kept);
  }

  /**
   * Goes on with the jobs that had no end when the emulator was stopped: on devices where one had begun and not ended
   * it has failed, as nobody knows what became of it there.
   */
  resume(): void {
    for (const job of this.#byId.values()) {
      if (job.end !== undefined) continue;
      failCutOff(job, this.#hub.around.clock());
      if (job.progress.phase === "running" || job.startMs <= job.createdMs) this.#active.add(job);
      this.#start(job);
    }
  }

  /**
   * Takes a job; it begins after the answer is written.
   * Sources: Microsoft Learn, "Reference - IoT Hub quotas and throttling" (concurrent jobs), and "Understand and
   * resolve Azure IoT Hub errors" (429004, 409104).
   *
   * @throws {ServiceFault} `jobExists`, `tooManyActiveJobs`, `jobQuotaExceeded`, `badRequest`
   */
  create(request: JobRequest): Job {
    this.#dropExpired();
    const { clock, limits } = this.#hub.around;
    const createdMs = clock();
    if (this.#byId.has(request.jobId))
      throw new ServiceFault("jobExists", `Job ${request.jobId} already exists.`);
    const isDue = request.startMs === undefined || request.startMs <= createdMs;
    const { jobsMaxActive } = this.#hub.throttling.room;
    if (isDue && this.#active.size >= jobsMaxActive)
      throw new ServiceFault(
        "tooManyActiveJobs",
        `Of the jobs that are due, ${jobsMaxActive} can be active at a time.`,
      );
    if (this.#byId.size >= limits.jobsMaxCount)
      throw new ServiceFault("jobQuotaExceeded", `No more than ${limits.jobsMaxCount} jobs.`);
    requireAction(request.action, createdMs, limits);
    const job = this.#newJob({ request, createdMs, progress: NOT_BEGUN });
    if (isDue) this.#active.add(job);
    this.#start(job);
    return job;
  }

  /** @throws {ServiceFault} `jobNotFound` */
  get(jobId: string): Job {
    this.#dropExpired();
    const job = this.#byId.get(jobId);
    if (job === undefined) throw new ServiceFault("jobNotFound", `Job ${jobId} not found.`);
    return job;
  }

  /** In the order of their creation. */
  all(): readonly Job[] {
    this.#dropExpired();
    return [...this.#byId.values()];
  }

  /**
   * Cancels a job and gives it as it is then; one that has ended stays as it is.
   *
   * @throws {ServiceFault} `jobNotFound`
   */
  async cancel(jobId: string): Promise<Job> {
    const job = this.get(jobId);
    const run = this.#runs.get(job);
    run?.cancel.abort();
    await run?.ended;
    return job;
  }

  /** Breaks all off, to go on with them when the hub starts again; safe to call twice. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const runs = [...this.#runs.values()];
    for (const { cancel } of runs) cancel.abort();
    await Promise.all(runs.map(({ ended }) => ended));
  }

  #newJob(kept: KeptJob): Job {
    const { jobId } = kept.request;
    const table = `${this.#hub.place}/job-devices/${jobId}`;
    const devices = new DeviceJobs(this.#hub.around.state.table(table, deviceJobCodec));
    const job = new Job(kept, devices, this.#kept);
    this.#byId.set(jobId, job);
    return job;
  }

  #start(job: Job): void {
    const cancel = new AbortController();
    this.#runs.set(job, { cancel, ended: this.#run(job, cancel.signal) });
  }

  /** Never rejects. */
  async #run(job: Job, stop: AbortSignal): Promise<void> {
    const { clock, log } = this.#hub.around;
    // The answer to its creation shows a job as queued, whenever it is due.
    await nextTurn();
    let outcome: JobOutcome;
    try {
      outcome = (await this.#mayBegin(job, stop))
        ? await runJob(this.#hub, job, stop)
        : { status: "cancelled" };
    } catch (error) {
      log.error({ component: "jobs", jobId: job.request.jobId, err: error }, "job failed");
      outcome = { status: "failed", failureReason: "The emulator failed; its log says why." };
    }
    const isBrokenOff = this.#isStopping && outcome.status === "cancelled";
    if (!isBrokenOff) {
      job.advance({ end: { atMs: clock(), outcome } });
      this.#hub.tell({ type: "jobEnded", job });
    }
    this.#runs.delete(job);
    if (this.#active.delete(job)) this.#slots.emit("freed");
  }

  /** Waits for the job's time, then for its turn; false if it was cancelled first. */
  async #mayBegin(job: Job, stop: AbortSignal): Promise<boolean> {
    const { clock } = this.#hub.around;
    if (!this.#active.has(job)) {
      job.advance({ phase: "scheduled" });
      if (!(await waitUntil(job.startMs, clock, stop))) return false;
      job.advance({ phase: "queued" });
      while (this.#active.size >= this.#hub.throttling.room.jobsMaxActive)
        try {
          await once(this.#slots, "freed", { signal: stop });
        } catch {
          return false;
        }
      this.#active.add(job);
    }
    job.advance({ phase: "running" });
    return !stop.aborted;
  }

  #dropExpired(): void {
    const { clock, limits } = this.#hub.around;
    const sinceMs = clock() - limits.jobRetentionMs;
    for (const [jobId, job] of this.#byId)
      if (job.end !== undefined && job.end.atMs < sinceMs) {
        this.#byId.delete(jobId);
        job.forget();
      }
  }
}

/** What every twin would refuse is no job. @throws {ServiceFault} `badRequest` */
function requireAction(action: JobAction, createdMs: number, limits: EmulatorLimits): void {
  if (action.type !== "scheduleUpdateTwin") return;
  const now = azureDate(createdMs);
  patchTwin(newTwin({ tags: {}, desired: {} }, now), action.patch, { now, limits });
}
