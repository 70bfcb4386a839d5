import { setImmediate as nextTurn } from "node:timers/promises";
import { ServiceFault } from "../../fault.ts";
import { waitUntil } from "../../wait-until.ts";
import { twinDocument } from "../documents.ts";
import type { IotHub } from "../hub.ts";
import { invokeMethod } from "../invoke-method.ts";
import type { MethodResult } from "../methods.ts";
import { updateTwin } from "../twins/update-twin.ts";
import type { Job, JobOutcome } from "./job.ts";

/** Twins that are looked at before other work gets its turn. */
const LOOKED_AT_ONCE = 500;

/**
 * Works a job off: finds its devices, then acts on one after the other at the hub's pace, without waiting for a
 * device's answer before the next begins. What comes of a device is its own outcome; the job is completed when every
 * device was tried.
 *
 * @param stop cancels: what has not begun stays pending, answers are no longer waited for
 */
export async function runJob(hub: IotHub, job: Job, stop: AbortSignal): Promise<JobOutcome> {
  const { clock, limits } = hub.around;
  const done = new AbortController();
  const late = new AbortController();
  const deadlineMs = job.progress.deadlineMs ?? clock() + job.request.maxExecutionTimeS * 1000;
  job.advance({ deadlineMs });
  void waitUntil(deadlineMs, clock, done.signal).then((isLate) => isLate && late.abort());
  const over = AbortSignal.any([stop, late.signal]);
  try {
    if (!job.progress.hasFoundDevices) await findDevices(hub, job, over);
    const running = new Set<Promise<void>>();
    for (const [deviceId, { status }] of job.devices.all()) {
      if (status !== "pending") continue;
      if (running.size >= limits.jobDeviceConcurrency) await Promise.race(running);
      await hub.throttling.jobDevices.take(1, over);
      if (over.aborted) break;
      const one = runOnDevice(hub, job, deviceId, over).finally(() => running.delete(one));
      running.add(one);
      await nextTurn();
    }
    await Promise.all(running);
  } finally {
    done.abort();
  }
  if (stop.aborted) return { status: "cancelled" };
  if (!late.signal.aborted) return { status: "completed" };
  failPending(job, clock());
  return { status: "failed", failureReason: "The maximum execution time has passed." };
}

async function findDevices(hub: IotHub, job: Job, over: AbortSignal): Promise<void> {
  const updatedMs = hub.around.clock();
  let looked = 0;
  for (const record of hub.devices.all()) {
    if (++looked % LOOKED_AT_ONCE === 0) await nextTurn();
    if (over.aborted) return;
    if (job.request.matches(twinDocument(hub, record)))
      job.devices.set(record.deviceId, { status: "pending", updatedMs });
  }
  job.advance({ hasFoundDevices: true });
}

/** Never rejects. */
async function runOnDevice(
  hub: IotHub,
  job: Job,
  deviceId: string,
  over: AbortSignal,
): Promise<void> {
  const { clock, log } = hub.around;
  const startMs = clock();
  job.devices.set(deviceId, { status: "running", startMs, updatedMs: startMs });
  try {
    const response = await act(hub, job, deviceId, over);
    const endMs = clock();
    job.devices.set(deviceId, { status: "completed", startMs, endMs, updatedMs: endMs, response });
    hub.tell({ type: "jobTriedDevice", job, deviceId, fault: undefined });
  } catch (error) {
    const endMs = clock();
    const fault =
      error instanceof ServiceFault
        ? error
        : new ServiceFault("serverError", "The emulator failed; its log says why.");
    const where = { component: "jobs", jobId: job.request.jobId, deviceId };
    if (error === fault) log.debug({ ...where, code: fault.codeName }, "job failed on device");
    else log.error({ ...where, err: error }, "job failed on device");
    job.devices.set(deviceId, {
      status: "failed",
      startMs,
      endMs,
      updatedMs: endMs,
      code: fault.codeName,
      description: fault.message,
    });
    hub.tell({ type: "jobTriedDevice", job, deviceId, fault });
  }
}

async function act(
  hub: IotHub,
  { request: { action } }: Job,
  deviceId: string,
  over: AbortSignal,
): Promise<MethodResult | undefined> {
  // On the quota a job counts as what it does. Source: "IoT Hub pricing information", charges per operation.
  const { quota } = hub.throttling;
  quota.require();
  switch (action.type) {
    case "scheduleUpdateTwin":
      updateTwin(hub, deviceId, action.patch, action.ifMatch);
      quota.charge(bytesOf(action.patch));
      return undefined;
    case "scheduleDeviceMethod": {
      quota.charge(bytesOf(action.call.payload));
      const result = await invokeMethod(hub, deviceId, action.call, over);
      quota.charge(bytesOf(result.payload));
      return result;
    }
    default:
      return action satisfies never;
  }
}

/** As JSON; nothing has no bytes. */
function bytesOf(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/** What was under way on a device when the emulator was stopped may have been done there, or not. */
export function failCutOff(job: Job, endMs: number): void {
  for (const [deviceId, state] of job.devices.all())
    if (state.status === "running")
      job.devices.set(deviceId, {
        status: "failed",
        startMs: state.startMs,
        endMs,
        updatedMs: endMs,
        code: "ServerError",
        description: "The emulator was stopped before it knew what came of this device.",
      });
}

/** Name and sense: Microsoft Learn, "Understand and resolve Azure IoT Hub errors", 412003. */
function failPending(job: Job, endMs: number): void {
  for (const [deviceId, { status }] of job.devices.all())
    if (status === "pending")
      job.devices.set(deviceId, {
        status: "failed",
        startMs: undefined,
        endMs,
        updatedMs: endMs,
        code: "JobRunPreconditionFailed",
        description: "The job did not begin on the device in its time.",
      });
}
