import { expect, test } from "vitest";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import type { Operation } from "../../../../src/emulator/operations/operation.ts";
import type { OperationKind } from "../../../../src/base/service-operations.ts";
import { HubResourceLog } from "../../../../src/emulator/resource-logs/hub-resource-log.ts";
import type { LogRecord } from "../../../../src/emulator/resource-logs/log-record.ts";

function logged(act: (log: HubResourceLog) => void): readonly LogRecord[] {
  const records: LogRecord[] = [];
  act(new HubResourceLog((record) => records.push(record)));
  return records;
}

/** Those of jobs are no device's. */
const idsOf = (kind: OperationKind): Pick<Operation, "deviceId" | "otherId"> =>
  kind.endsWith("Job") ? { deviceId: undefined, otherId: "a-job" } : { deviceId: "cave-1" };

const ended = (kind: OperationKind, variant?: string, fault?: ServiceFault) =>
  logged((log) =>
    log.ended(
      { kind, variant, ...idsOf(kind), protocol: "https", bytes: 5, count: 1 },
      { fault, answerBytes: 9 },
    ),
  );

test("a message that no route takes is in Routes", () => {
  expect(logged((log) => log.happened({ type: "messageOrphaned", deviceId: "dev" }))).toMatchObject(
    [{ category: "Routes", operationName: "OrphanedMessage", properties: { deviceId: "dev" } }],
  );
});

test.for([
  ["commandExpired", "messageExpired"],
  ["commandDeliveredTooOften", "deliveryCountExceeded"],
] as const)("%s is in C2DCommands, without the message's body", ([type, operationName]) => {
  const body = Buffer.from("cheese-secret");
  const message = {
    messageId: "m".repeat(500),
    properties: new Map([["p", "cheese-secret"]]),
    body,
  };
  const records = logged((log) =>
    log.happened({ type, deviceId: "dev", message, deliveryCount: 2 }),
  );
  expect(records).toMatchObject([
    {
      category: "C2DCommands",
      operationName,
      level: "Error",
      properties: { deviceId: "dev", deliveryCount: 2, messageSizeInBytes: body.length },
    },
  ]);
  const text = JSON.stringify(records);
  expect(text).not.toContain("cheese-secret");
  expect(text.length).toBeLessThan(600);
});

test("a job is in JobsOperations by its own id and the type that it has", () => {
  expect(ended("createJob", "scheduleUpdateTwin")).toMatchObject([
    {
      category: "JobsOperations",
      operationName: "createTwinUpdateJob",
      properties: { jobId: "a-job" },
    },
  ]);
  const fault = new ServiceFault("jobNotFound", "no");
  expect(ended("cancelJob", undefined, fault)).toMatchObject([
    { operationName: "cancelJob", level: "Error", resultType: "404002" },
  ]);
});

test("where Azure logs errors alone, what was done is not logged", () => {
  for (const kind of ["sendTelemetry", "sendCommand", "readIdentity", "invokeMethod"] as const) {
    expect(ended(kind)).toEqual([]);
    expect(ended(kind, undefined, new ServiceFault("badRequest", "no"))).toMatchObject([
      { properties: { deviceId: "cave-1" } },
    ]);
  }
});
