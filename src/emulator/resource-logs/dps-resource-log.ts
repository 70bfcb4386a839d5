import { attestationOf } from "../dps/attestation-attempt.ts";
import type { Observer, Outcome } from "../operations/operation-gate.ts";
import type { Operation } from "../operations/operation.ts";
import type { OperationKind } from "../../base/service-operations.ts";
import type { LogCategory } from "./log-record.ts";
import { cut, maskedAddress } from "./log-record.ts";
import type { WriteLog } from "./resource-log.ts";

const PROTOCOLS = { mqtt: "Mqtt", https: "Http" } as const;

const SERVICE_OPERATIONS: Readonly<Partial<Record<OperationKind, string>>> = {
  readEnrollment: "Get",
  writeEnrollment: "Upsert",
  deleteEnrollment: "Delete",
  queryEnrollments: "Query",
  readRegistration: "Get",
  deleteRegistration: "Delete",
  queryRegistrations: "Query",
};

/**
 * Writes what a DPS instance does as Azure's resource logs have it.
 * Source: Microsoft Learn, "Monitoring data reference for Azure IoT Hub Device Provisioning Service", schemas.
 */
export class DpsResourceLog implements Observer {
  readonly #write: WriteLog;

  constructor(write: WriteLog) {
    this.#write = write;
  }

  ended(operation: Operation, outcome: Outcome): void {
    const serviceOperation = SERVICE_OPERATIONS[operation.kind];
    if (serviceOperation !== undefined)
      this.#log("ServiceOperations", serviceOperation, operation, outcome);
    // What was refused before it was judged, such as by a throttle, is told here too.
    const isRefused = operation.kind === "registerDevice" && outcome.fault !== undefined;
    if (isRefused || attestationOf(operation, outcome) !== undefined)
      this.#log("DeviceOperations", "AttestationAttempt", operation, outcome);
  }

  #log(
    category: LogCategory,
    operationName: string,
    { deviceId, otherId, protocol, variant = "Registration", callerAddress }: Operation,
    { fault }: Outcome,
  ): void {
    const isClients = fault !== undefined && fault.status < 500;
    this.#write({
      category,
      operationName,
      level: fault === undefined ? "Information" : "Error",
      resultType: fault === undefined ? "Success" : isClients ? "ClientError" : "Failure",
      resultSignature: fault === undefined ? "" : String(fault.status),
      resultDescription: fault?.codeName ?? "",
      callerIpAddress: maskedAddress(callerAddress),
      properties: {
        id: cut(deviceId ?? otherId),
        type: variant,
        protocol: PROTOCOLS[protocol],
        errorCode: fault?.code,
      },
    });
  }
}
