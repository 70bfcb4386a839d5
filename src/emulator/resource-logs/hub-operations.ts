import type { Operation } from "../operations/operation.ts";
import type { OperationKind } from "../../base/service-operations.ts";
import type { LogCategory } from "./log-record.ts";

/** How an operation stands in a hub's logs. */
export interface LoggedOperation {
  readonly category: LogCategory;
  readonly operationName: string;
  /** Some categories have all that is asked, others what is refused; a good end may also be told by an event. */
  readonly logs: "all" | "errors";
}

const JOB_CREATIONS: Readonly<Record<string, string>> = {
  scheduleUpdateTwin: "createTwinUpdateJob",
  scheduleDeviceMethod: "createDirectMethodJob",
};

/**
 * How Azure logs an operation on a hub; undefined for what it does not log. Of the names only `deviceConnect`,
 * `ingress`, `get`, `read`, `update`, `query` and `send` are documented.
 * Source: Microsoft Learn, "Monitoring data reference for Azure IoT Hub", resource logs.
 */
export function hubOperation({ kind, variant }: Operation): LoggedOperation | undefined {
  if (kind === "writeIdentity") return errors("DeviceIdentityOperations", variant ?? "bulkUpdate");
  if (kind === "createJob")
    return all("JobsOperations", JOB_CREATIONS[variant ?? ""] ?? "createJob");
  return OPERATIONS[kind];
}

const all = (category: LogCategory, operationName: string): LoggedOperation => ({
  category,
  operationName,
  logs: "all",
});
const errors = (category: LogCategory, operationName: string): LoggedOperation => ({
  category,
  operationName,
  logs: "errors",
});

const OPERATIONS: Readonly<Partial<Record<OperationKind, LoggedOperation>>> = {
  connectDevice: errors("Connections", "deviceConnect"),
  sendTelemetry: errors("DeviceTelemetry", "ingress"),
  sendCommand: errors("C2DCommands", "send"),
  purgeCommands: errors("C2DCommands", "purge"),
  readIdentity: errors("DeviceIdentityOperations", "get"),
  readOwnTwin: all("D2CTwinOperations", "read"),
  updateReported: all("D2CTwinOperations", "update"),
  readTwin: all("C2DTwinOperations", "read"),
  updateTwin: all("C2DTwinOperations", "update"),
  queryTwins: all("TwinQueries", "query"),
  invokeMethod: errors("DirectMethods", "send"),
  readJob: all("JobsOperations", "getJob"),
  listJobs: all("JobsOperations", "queryJobs"),
  cancelJob: all("JobsOperations", "cancelJob"),
};
