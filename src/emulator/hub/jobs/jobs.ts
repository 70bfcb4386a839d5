import { EventEmitter, once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { azureDate } from "../../azure-time.ts";
import type { EmulatorLimits } from "../../defaults.ts";
import { ServiceFault } from "../../fault.ts";
import { waitUntil } from "../../wait-until.ts";
import type { IotHub } from "../hub.ts";
import { newTwin, patchTwin } from "../twins/twin.ts";
import type { JobAction, JobOutcome, JobRequest } from "./job.ts";
import { Job } from "./job.ts";
import { runJob } from "./run-job.ts";

interface Run {
  readonly cancel: AbortController;
  readonly ended: Promise<void>;
}

/** The jobs of one hub: those that wait, run, and ended not too long ago. */
export class Jobs {
  readonly #hub: IotHub;
  readonly #byId = new Map<string, Job>();
  readonly #runs = new Map<Job, Run>();
  /** Due and not ended; they count against the quota. */
  readonly #active = new Set<Job>();
  /** Emits `freed` when an active job has ended. */
  readonly #slots = new EventEmitter().setMaxListeners(0);

  constructor(hub: IotHub) {
    this.#hub = hub;
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
    const job = new Job(request, clock());
    if (this.#byId.has(request.jobId))
      throw new ServiceFault("jobExists", `Job ${request.jobId} already exists.`);
    const isDue = job.startMs <= job.createdMs;
    const { jobsMaxActive } = this.#hub.throttling.room;
    if (isDue && this.#active.size >= jobsMaxActive)
      throw new ServiceFault(
        "tooManyActiveJobs",
        `Of the jobs that are due, ${jobsMaxActive} can be active at a time.`,
      );
    if (this.#byId.size >= limits.jobsMaxCount)
      throw new ServiceFault("jobQuotaExceeded", `No more than ${limits.jobsMaxCount} jobs.`);
    requireAction(request.action, job, limits);
    this.#byId.set(request.jobId, job);
    if (isDue) this.#active.add(job);
    const cancel = new AbortController();
    this.#runs.set(job, { cancel, ended: this.#run(job, cancel.signal) });
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

  /** Cancels all; safe to call twice. */
  async stop(): Promise<void> {
    const runs = [...this.#runs.values()];
    for (const { cancel } of runs) cancel.abort();
    await Promise.all(runs.map(({ ended }) => ended));
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
    job.end = { atMs: clock(), outcome };
    this.#runs.delete(job);
    if (this.#active.delete(job)) this.#slots.emit("freed");
  }

  /** Waits for the job's time, then for its turn; false if it was cancelled first. */
  async #mayBegin(job: Job, stop: AbortSignal): Promise<boolean> {
    const { clock } = this.#hub.around;
    if (!this.#active.has(job)) {
      job.phase = "scheduled";
      if (!(await waitUntil(job.startMs, clock, stop))) return false;
      job.phase = "queued";
      while (this.#active.size >= this.#hub.throttling.room.jobsMaxActive)
        try {
          await once(this.#slots, "freed", { signal: stop });
        } catch {
          return false;
        }
      this.#active.add(job);
    }
    job.phase = "running";
    return !stop.aborted;
  }

  #dropExpired(): void {
    const { clock, limits } = this.#hub.around;
    const sinceMs = clock() - limits.jobRetentionMs;
    for (const [jobId, { end }] of this.#byId)
      if (end !== undefined && end.atMs < sinceMs) this.#byId.delete(jobId);
  }
}

/** What every twin would refuse is no job. @throws {ServiceFault} `badRequest` */
function requireAction(action: JobAction, { createdMs }: Job, limits: EmulatorLimits): void {
  if (action.type !== "scheduleUpdateTwin") return;
  const now = azureDate(createdMs);
  patchTwin(newTwin({ tags: {}, desired: {} }, now), action.patch, { now, limits });
}
