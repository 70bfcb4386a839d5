import type { JsonObject } from "../../../base/json.ts";
import type { MethodCall } from "../invoke-method.ts";
import type { TwinSections } from "../twins/update-twin.ts";
import { DeviceJobs } from "./device-jobs.ts";

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

/** A job of a hub and how far it is; only `Jobs` and `runJob` change it. */
export class Job {
  readonly request: JobRequest;
  readonly createdMs: number;
  readonly devices = new DeviceJobs();
  phase: "queued" | "scheduled" | "running" = "queued";
  end: { readonly atMs: number; readonly outcome: JobOutcome } | undefined;

  constructor(request: JobRequest, createdMs: number) {
    this.request = request;
    this.createdMs = createdMs;
  }

  get status(): JobStatus {
    return this.end?.outcome.status ?? this.phase;
  }

  /** When it may begin, in ms since 1970. */
  get startMs(): number {
    return this.request.startMs ?? this.createdMs;
  }
}
