import type { Json, JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { parseJson } from "../parse-json.ts";
import type { Registration } from "./registrations.ts";

// Shapes: Azure/azure-rest-api-specs, DeviceProvisioningServices device.json (2021-10-01),
// RegistrationOperationStatus and DeviceRegistrationResult.

/** The answer to a register request, and (with the registration id) to a poll while it runs. */
export function assigningBody(operationId: string, registrationId?: string): string {
  return JSON.stringify({
    operationId,
    status: "assigning",
    ...(registrationId === undefined
      ? {}
      : { registrationState: { registrationId, status: "assigning" } }),
  });
}

/** A disabled enrollment is no error: status 200 with an empty operation id (Azure/azure-sdk-for-c parser tests). */
export function disabledBody(registrationId: string): string {
  return JSON.stringify({
    operationId: "",
    status: "disabled",
    registrationState: { registrationId, status: "disabled" },
  });
}

export function finishedBody(operationId: string, record: Registration): string {
  return JSON.stringify({
    operationId,
    status: record.status,
    registrationState: deviceResultOf(record),
  });
}

/** `DeviceRegistrationResult`, not wrapped: the answer to a status look-up. */
export function deviceResultBody(record: Registration): string {
  return JSON.stringify(deviceResultOf(record));
}

/** An empty `x509` for X.509 devices, no such member for symmetric keys, as in Microsoft's samples of both. */
function deviceResultOf(record: Registration): Readonly<Record<string, unknown>> {
  const attestation = record.attestation === "x509" ? { x509: {} } : {};
  return { ...attestation, ...registrationStateOf(record) };
}

/** The record as device and service API show it; members that are undefined are left out by JSON. */
export function registrationStateOf(record: Registration): Readonly<Record<string, unknown>> {
  return {
    registrationId: record.registrationId,
    createdDateTimeUtc: record.createdDateTimeUtc,
    assignedHub: record.assignedHub,
    deviceId: record.deviceId,
    status: record.status,
    substatus: record.substatus,
    errorCode: record.errorCode,
    errorMessage: record.errorMessage,
    lastUpdatedDateTimeUtc: record.lastUpdatedDateTimeUtc,
    etag: record.etag,
    payload: record.payload,
  };
}

export type RegisterBody =
  | {
      readonly ok: true;
      readonly registrationId: string | undefined;
      readonly payload: Json | undefined;
      /** What a TPM says of itself; over HTTPS only. */
      readonly tpm: Json | undefined;
    }
  | { readonly ok: false; readonly message: string };

/** Reads a register request: empty (C# SDK), or an object of `registrationId` and `payload`; never throws. */
export function parseRegisterBody(bytes: Buffer): RegisterBody {
  const text = bytes.toString("utf8").trim();
  return registerBodyOf(text === "" ? undefined : parseObject(text));
}

/** The same of a body that is parsed already: undefined = empty, null = no JSON. */
export function registerBodyOf(body: unknown): RegisterBody {
  if (body === undefined)
    return { ok: true, registrationId: undefined, payload: undefined, tpm: undefined };
  if (!isJsonObject(body)) return { ok: false, message: "The request body is no JSON object." };
  const { registrationId, payload, tpm } = body;
  if (registrationId !== undefined && typeof registrationId !== "string")
    return { ok: false, message: "registrationId is no string." };
  return { ok: true, registrationId, payload, tpm };
}

function parseObject(text: string): JsonObject | null {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
