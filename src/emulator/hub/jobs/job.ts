import type { JsonObject } from "../../../base/json.ts";
import type { Table } from "../../state/state.ts";
import type { MethodCall } from "../invoke-method.ts";
import type { TwinSections } from "../twins/update-twin.ts";
import type { DeviceJobs } from "./device-jobs.ts";

// Source of types and states: Microsoft Learn, "Schedule jobs on multiple devices", "Job properties", and the swagger's
// JobResponse.

/** What a job does on each of its devices. */
export type JobAction =
  | {
      readonly type: "scheduleUpdateTwin";
      readonly patch: TwinSections;
      /** Held against each device's twin. */
      readonly ifMatch: string | undefined;
    }
  | { readonly type: "scheduleDeviceMethod"; readonly call: MethodCall };

export interface JobRequest {
  readonly jobId: string;
  readonly action: JobAction;
  /** The text of the condition, for whoever asks. */
  readonly queryCondition: string;
  /** Whether a twin, as the service sees it, is a target. */
  readonly matches: (twin: JsonObject) => boolean;
  /** ms since 1970; undefined = at once. */
  readonly startMs: number | undefined;
  readonly maxExecutionTimeS: number;
}

/** `queued` is due and waits for its turn, `scheduled` is for a time in the future. */
export type JobStatus = "queued" | "scheduled" | "running" | JobOutcome["status"];

/** How a job ended. */
export type JobOutcome =
  | { readonly status: "completed" | "cancelled" }
  | { readonly status: "failed"; readonly failureReason: string };

/** How far a job is. */
export interface JobProgress {
  readonly phase: "queued" | "scheduled" | "running";
  /** When it has run for too long, in ms since 1970; undefined before it runs. */
  readonly deadlineMs: number | undefined;
  /** Whether all of its devices are known. */
  readonly hasFoundDevices: boolean;
  readonly end: { readonly atMs: number; readonly outcome: JobOutcome } | undefined;
}

/** A job without its devices. */
export interface KeptJob {
  readonly request: JobRequest;
  readonly createdMs: number;
  readonly progress: JobProgress;
}

/** How far a job is that was just made. */
export const NOT_BEGUN: JobProgress = {
  phase: "queued",
  deadlineMs: undefined,
  hasFoundDevices: false,
  end: undefined,
};

/** A job of a hub and how far it is; only `Jobs` and `runJob` change it. */
export class Job {
  readonly devices: DeviceJobs;
  readonly #kept: Table<KeptJob>;
  #job: KeptJob;

  /** @param kept where the job is written, and written again as it goes on */
  constructor(job: KeptJob, devices: DeviceJobs, kept: Table<KeptJob>) {
    this.devices = devices;
    this.#kept = kept;
    this.#job = job;
    kept.set(job.request.jobId, job);
  }

  get request(): JobRequest {
    return this.#job.request;
  }

  get createdMs(): number {
    return this.#job.createdMs;
  }

  get progress(): JobProgress {
    return this.#job.progress;
  }

  get end(): JobProgress["end"] {
    return this.progress.end;
  }

  get status(): JobStatus {
    return this.end?.outcome.status ?? this.progress.phase;
  }

  /** When it may begin, in ms since 1970. */
  get startMs(): number {
    return this.request.startMs ?? this.createdMs;
  }

  advance(next: Partial<JobProgress>): void {
    this.#job = { ...this.#job, progress: { ...this.progress, ...next } };
    this.#kept.set(this.request.jobId, this.#job);
  }

  /** It is not kept any more, and neither are its devices. */
  forget(): void {
    this.#kept.delete(this.request.jobId);
    this.devices.forget();
  }
}
