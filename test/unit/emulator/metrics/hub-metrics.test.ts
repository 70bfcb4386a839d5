import { expect, test } from "vitest";
import type { FaultKind } from "../../../../src/emulator/fault.ts";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import type { HubEvent } from "../../../../src/emulator/hub/hub-event.ts";
import { DeviceJobs } from "../../../../src/emulator/hub/jobs/device-jobs.ts";
import type { JobAction, JobOutcome, JobRequest } from "../../../../src/emulator/hub/jobs/job.ts";
import { Job, NOT_BEGUN } from "../../../../src/emulator/hub/jobs/job.ts";
import type { HubReadings } from "../../../../src/emulator/metrics/readings.ts";
import type { Operation } from "../../../../src/emulator/operations/operation.ts";
import type { OperationKind } from "../../../../src/base/service-operations.ts";
import { hubMetrics } from "./counted-hub.ts";

/** What is not 0: the totals of counters, and the values that were measured. */
function counted(readings: HubReadings): Record<string, number> {
  const numbers = Object.entries(readings).flatMap(([name, reading]) =>
    "total" in reading && reading.total > 0 && !name.startsWith("deviceDataUsage")
      ? [[name, reading.total] as const]
      : [],
  );
  return Object.fromEntries(numbers);
}

function after(kind: OperationKind, fault?: FaultKind, variant?: string): Record<string, number> {
  const { metrics, read } = hubMetrics();
  const operation: Operation = {
    kind,
    variant,
    deviceId: "dev",
    protocol: "https",
    bytes: 30,
    count: 1,
  };
  metrics.ended(operation, {
    fault: fault === undefined ? undefined : new ServiceFault(fault, "no"),
    answerBytes: 500,
  });
  return counted(read());
}

test.for([
  ["sendTelemetry", "d2c.telemetry.ingress.success", { "d2c.telemetry.ingress.allProtocol": 1 }],
  ["readOwnTwin", "d2c.twin.read.success", { "d2c.twin.read.size": 500 }],
  ["updateReported", "d2c.twin.update.success", { "d2c.twin.update.size": 30 }],
  ["readTwin", "c2d.twin.read.success", { "c2d.twin.read.size": 500 }],
  ["updateTwin", "c2d.twin.update.success", { "c2d.twin.update.size": 30 }],
  ["invokeMethod", "c2d.methods.success", {}],
  ["queryTwins", "twinQueries.success", { "twinQueries.resultSize": 500 }],
  ["cancelJob", "jobs.cancelJob.success", {}],
  ["listJobs", "jobs.queryJobs.success", {}],
] as const)("%s that is done counts as %s", ([kind, success, more]) => {
  expect(after(kind)).toEqual({ [success]: 1, ...more });
});

test.for([
  ["readOwnTwin", "d2c.twin.read.failure"],
  ["updateReported", "d2c.twin.update.failure"],
  ["readTwin", "c2d.twin.read.failure"],
  ["updateTwin", "c2d.twin.update.failure"],
  ["invokeMethod", "c2d.methods.failure"],
  ["queryTwins", "twinQueries.failure"],
  ["cancelJob", "jobs.cancelJob.failure"],
  ["listJobs", "jobs.queryJobs.failure"],
] as const)("%s that is refused counts as %s, and has no size", ([kind, failure]) => {
  expect(after(kind, "badRequest")).toEqual({ [failure]: 1 });
});

test("a message that is refused is an attempt; that it was throttled is told apart", () => {
  const attempt = { "d2c.telemetry.ingress.allProtocol": 1 };
  expect(after("sendTelemetry", "messageTooLarge")).toEqual(attempt);
  expect(after("sendTelemetry", "throttled")).toEqual({
    ...attempt,
    "d2c.telemetry.ingress.sendThrottle": 1,
  });
});

test("the creation of a job counts by its type", () => {
  const twin = "jobs.createTwinUpdateJob";
  expect(after("createJob", undefined, "scheduleUpdateTwin")).toEqual({ [`${twin}.success`]: 1 });
  expect(after("createJob", "jobExists", "scheduleUpdateTwin")).toEqual({ [`${twin}.failure`]: 1 });
  const method = "jobs.createDirectMethodJob";
  expect(after("createJob", undefined, "scheduleDeviceMethod")).toEqual({
    [`${method}.success`]: 1,
  });
  expect(after("createJob", "badRequest", undefined)).toEqual({});
});

test("what Azure has no metric for is not counted", () => {
  for (const kind of [
    "connectDevice",
    "sendCommand",
    "readIdentity",
    "writeIdentity",
    "readJob",
  ] as const)
    expect(after(kind)).toEqual({});
});

function jobOf(action: JobAction, outcome: JobOutcome): Job {
  const request: JobRequest = {
    jobId: "j",
    action,
    queryCondition: "*",
    matches: () => true,
    startMs: undefined,
    maxExecutionTimeS: 1,
  };
  const progress = { ...NOT_BEGUN, end: { atMs: 1, outcome } };
  return new Job({ request, createdMs: 0, progress }, new DeviceJobs(), new Map());
}

function afterEvents(...events: readonly HubEvent[]): Record<string, number> {
  const { metrics, read } = hubMetrics();
  for (const event of events) metrics.happened(event);
  return counted(read());
}

test("a job counts at its end, and what it did on devices as if a service had asked for it", () => {
  const patch = { tags: { site: "north" } };
  const update = { type: "scheduleUpdateTwin", patch, ifMatch: "*" } as const;
  const twin = jobOf(update, { status: "completed" });
  const call = { methodName: "m", payload: null, responseTimeoutS: 1, connectTimeoutS: 0 };
  const calling = { type: "scheduleDeviceMethod", call } as const;
  const method = jobOf(calling, { status: "failed", failureReason: "late" });
  const cancelled = jobOf(calling, { status: "cancelled" });
  const fault = new ServiceFault("deviceNotOnline", "no");
  const tried = { type: "jobTriedDevice", deviceId: "d" } as const;
  expect(
    afterEvents(
      { ...tried, job: twin, fault: undefined },
      { ...tried, job: twin, fault: undefined },
      { ...tried, job: twin, fault },
      { ...tried, job: method, fault },
      { ...tried, job: method, fault: undefined },
      { type: "jobEnded", job: twin },
      { type: "jobEnded", job: method },
      { type: "jobEnded", job: cancelled },
    ),
  ).toEqual({
    "c2d.twin.update.success": 2,
    "c2d.twin.update.size": 2 * JSON.stringify(patch).length,
    "c2d.twin.update.failure": 1,
    "c2d.methods.success": 1,
    "c2d.methods.failure": 1,
    "jobs.completed": 1,
    "jobs.failed": 1,
  });
});

test("a method's sizes are those of its payloads, and a message to a device counts by its end", () => {
  const message = { messageId: "m", properties: new Map(), body: Buffer.from("x") };
  const command = { deviceId: "d", message, deliveryCount: 1 };
  expect(
    afterEvents(
      { type: "methodAnswered", deviceId: "d", requestBytes: 7, responseBytes: 11, status: 200 },
      { ...command, type: "commandCompleted" },
      { ...command, type: "commandExpired" },
      { ...command, type: "commandExpired" },
      { ...command, type: "commandDeliveredTooOften" },
      { type: "messageOrphaned", deviceId: "d" },
    ),
  ).toEqual({
    "c2d.methods.requestSize": 7,
    "c2d.methods.responseSize": 11,
    "c2d.commands.egress.complete.success": 1,
    C2DMessagesExpired: 2,
  });
});

test("what a hub keeps of itself is read there", () => {
  const readings = hubMetrics({ connected: 2, orphaned: 4 }).read();
  expect(readings).toMatchObject({
    totalDeviceCount: { unit: "Count", current: 3 },
    connectedDeviceCount: { unit: "Count", current: 2 },
    dailyMessageQuotaUsed: { unit: "Count", current: 9 },
    deviceDataUsage: { unit: "Bytes", total: 77 },
    "d2c.telemetry.egress.orphaned": { unit: "Count", total: 4 },
    RoutingDeliveries: {
      total: 4,
      series: [{ total: 4, dimensions: { Result: "failure", FailureReasonCategory: "orphaned" } }],
    },
  });
});
