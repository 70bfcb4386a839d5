import type { CommandEvent, HubEvent } from "../hub/hub-event.ts";
import type { HubConnection } from "../hub/hub-connection.ts";
import type { Job } from "../hub/jobs/job.ts";
import { authMethodText } from "../hub/login/login-method.ts";
import type { Observer, Outcome } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import { hubOperation } from "./hub-operations.ts";
import { cut, maskedAddress } from "./log-record.ts";
import type { WriteLog } from "./resource-log.ts";

/** Writes what a hub does as Azure's resource logs have it. */
export class HubResourceLog implements Observer {
  readonly #write: WriteLog;

  constructor(write: WriteLog) {
    this.#write = write;
  }

  ended(operation: Operation, { fault, answerBytes }: Outcome): void {
    // A message that was taken is nothing to log, with Azure neither.
    if (fault === undefined && operation.kind === "sendTelemetry") return;
    const logged = hubOperation(operation);
    if (logged === undefined || (fault === undefined && logged.logs === "errors")) return;
    const { category, operationName } = logged;
    const { deviceId, otherId, protocol, callerAddress, bytes } = operation;
    const isDevices = protocol === "mqtt";
    const properties = {
      ...(category === "JobsOperations" ? { jobId: cut(otherId) } : { deviceId: cut(deviceId) }),
      ...(isDevices ? { protocol: "Mqtt" } : {}),
      ...(category === "Connections" ? {} : { messageSize: bytes }),
      ...(fault === undefined ? { resultSize: answerBytes } : { statusCode: String(fault.status) }),
      ...(callerAddress === undefined ? {} : { maskedIpAddress: maskedAddress(callerAddress) }),
      ...(category === "Connections" && fault !== undefined ? { details: fault.message } : {}),
    };
    const error = fault === undefined ? {} : errorOf(fault.code, fault.codeName);
    this.#write({ category, operationName, level: "Information", ...error, properties });
  }

  happened(event: HubEvent): void {
    switch (event.type) {
      case "deviceConnected":
        this.#write({
          category: "Connections",
          operationName: "deviceConnect",
          level: "Information",
          properties: connectionProperties(event.connection),
        });
        return;
      case "deviceDisconnected": {
        const { connection, reason } = event;
        this.#write({
          category: "Connections",
          operationName: "deviceDisconnect",
          level: "Information",
          ...(reason === undefined ? {} : errorOf(reason.code, reason.name)),
          properties: { ...connectionProperties(connection), details: reason?.details },
        });
        return;
      }
      case "messageOrphaned":
        this.#write({
          category: "Routes",
          operationName: "OrphanedMessage",
          level: "Information",
          properties: { deviceId: event.deviceId, endpointName: null, routeName: null },
        });
        return;
      case "commandExpired":
      case "commandDeliveredTooOften":
        this.#commandLost(event);
        return;
      case "methodAnswered":
        this.#write({
          category: "DirectMethods",
          operationName: "send",
          level: "Information",
          properties: {
            deviceId: event.deviceId,
            RequestSize: event.requestBytes,
            ResponseSize: event.responseBytes,
            statusCode: String(event.status),
          },
        });
        return;
      case "jobEnded":
        this.#jobEnded(event.job);
        return;
      case "commandCompleted":
      case "jobTriedDevice":
        return;
      default:
        event satisfies never;
    }
  }

  #commandLost({ type, deviceId, message, deliveryCount }: CommandEvent): void {
    const isExpired = type === "commandExpired";
    this.#write({
      category: "C2DCommands",
      operationName: isExpired ? "messageExpired" : "deliveryCountExceeded",
      level: "Error",
      properties: {
        deviceId,
        messageId: cut(message.messageId),
        messageSizeInBytes: message.body.length,
        protocol: "Mqtt",
        deliveryAcknowledgement: message.acknowledgment ?? "none",
        deliveryCount,
        expiryTime: cut(message.expiryTime),
      },
    });
  }

  #jobEnded({ request, status, devices }: Job): void {
    const { deviceCount, failedCount } = devices.statistics;
    this.#write({
      category: "JobsOperations",
      operationName: JOB_ENDS[status] ?? "jobCancelled",
      level: status === "failed" ? "Error" : "Information",
      properties: { jobId: request.jobId, deviceCount, failedCount },
    });
  }
}

const JOB_ENDS: Readonly<Partial<Record<Job["status"], string>>> = {
  completed: "jobCompleted",
  failed: "jobFailed",
};

function errorOf(code: number, name: string) {
  return { level: "Error", resultType: String(code), resultDescription: name } as const;
}

function connectionProperties({ login, remoteAddress }: HubConnection) {
  return {
    deviceId: login.deviceId,
    sdkVersion: cut(login.clientType),
    protocol: "Mqtt",
    authType: authMethodText(login.method),
    maskedIpAddress: maskedAddress(remoteAddress),
  };
}
