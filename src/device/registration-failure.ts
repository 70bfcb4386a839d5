import type { FailureClass } from "../base/failure.ts";
import { DeviceFailure } from "../base/failure.ts";
import { messageOf } from "../base/errors.ts";
import { isJsonObject } from "../base/json.ts";
import type { ConnectionTrace } from "./connection-trace.ts";

/**
 * Classifies what `register()` rejected with.
 *
 * Sources: Microsoft Learn, "Communicate with DPS using MQTT" (status in the response topic); DPS device REST
 * reference (`errorCode`, `trackingId`, `registrationState`): the first three digits of an error code are its HTTP status.
 *
 * @param error what the SDK gave; the service's body is in its `result` (final states) or `result.payload` (4xx answers)
 * @param trace the connection that was in use; a failure seen on the wire wins
 */
export function registrationFailure(
  error: unknown,
  trace: ConnectionTrace | undefined,
): DeviceFailure {
  if (error instanceof DeviceFailure) return error;
  const body = bodyOf(error);
  if (body !== undefined) return serviceFailure(body, error);
  if (trace?.failure !== undefined) return trace.failure;
  if (error instanceof Error && error.name === "TimeoutError") {
    return new DeviceFailure("timeout", "the provisioning service did not answer in time", {
      cause: error,
    });
  }
  if (trace?.closed === true) {
    return new DeviceFailure("network", `${trace.host} closed the connection`, { cause: error });
  }
  return new DeviceFailure("protocol", messageOf(error), { cause: error });
}

function bodyOf(error: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof error !== "object" || error === null || !("result" in error)) return undefined;
  if (!isJsonObject(error.result)) return undefined;
  const { payload } = error.result;
  return isJsonObject(payload) ? payload : error.result;
}

function serviceFailure(body: Readonly<Record<string, unknown>>, cause: unknown): DeviceFailure {
  const state = isJsonObject(body["registrationState"]) ? body["registrationState"] : undefined;
  if (body["status"] === "disabled") {
    return new DeviceFailure("disabled", "the enrollment of this device is disabled", { cause });
  }
  const source = state !== undefined && "errorCode" in state ? state : body;
  const code = source["errorCode"];
  const text = source["errorMessage"] ?? source["message"];
  const trackingId = source["trackingId"];
  return new DeviceFailure(
    classOf(code),
    `registration refused: ${typeof text === "string" ? text : "no reason given"}`,
    {
      code: typeof code === "number" ? String(code) : undefined,
      trackingId: typeof trackingId === "string" ? trackingId : undefined,
      cause,
    },
  );
}

function classOf(code: unknown): FailureClass {
  const status = typeof code === "number" ? Math.floor(code / 1000) : 0;
  if (status === 401 || status === 403) return "unauthorized";
  if (status === 404) return "notFound";
  if (status === 429 || status >= 500) return "throttled";
  return "protocol";
}
