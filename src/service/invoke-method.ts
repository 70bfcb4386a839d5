import { z } from "zod";

import type { Json } from "../base/json.ts";
import type { OpenHubClient } from "./hub-client.ts";
import { serviceCall } from "./service-call.ts";
import { RefusedCall } from "./service-error.ts";

export interface MethodRequest {
  readonly name: string;
  /** Undefined is sent as null. */
  readonly payload: Json | undefined;
  /** How long the hub waits for the device's answer, whole seconds, 5 to 300. */
  readonly responseTimeoutS: number;
  /** How long it waits for a device that is offline to connect, whole seconds, 0 to 300. */
  readonly connectTimeoutS: number;
}

/** What a device answered; `status` is its own. */
export interface MethodAnswer {
  readonly status: number;
  readonly payload: Json;
}

const answer = z.object({
  status: z.number(),
  payload: z
    .json()
    .optional()
    .transform((payload) => payload ?? null),
});

/** Beyond what the hub waits: the way there and back. */
const MARGIN_MS = 10_000;
/** Calls that are throttled are made again by {@link serviceCall}, and no others. */
const NO_RETRY = { shouldRetry: () => false, nextRetryTimeout: () => 0 };

/**
 * Invokes a direct method on a device.
 *
 * @throws {FleetError} `REFUSED` where there is no such device, it is offline, or it does not answer in time, each told by
 *   its own words; `UNREACHABLE`
 */
export async function invokeMethod(
  { client, host }: Pick<OpenHubClient, "client" | "host">,
  deviceId: string,
  request: MethodRequest,
  signal?: AbortSignal,
): Promise<MethodAnswer> {
  const { name, payload, responseTimeoutS, connectTimeoutS } = request;
  const what = `invoking ${name} on ${deviceId} at ${host}`;
  const timeoutMs = (responseTimeoutS + connectTimeoutS) * 1_000 + MARGIN_MS;
  client.setRetryPolicy(NO_RETRY);
  try {
    return await serviceCall({ what, signal, timeoutMs }, async () => {
      const { result } = await client.invokeDeviceMethod(deviceId, {
        methodName: name,
        payload: payload ?? null,
        responseTimeoutInSeconds: responseTimeoutS,
        connectTimeoutInSeconds: connectTimeoutS,
      });
      return answer.parse(result);
    });
  } catch (error) {
    throw error instanceof RefusedCall ? explained(error, what, request) : error;
  }
}

/** Source: Microsoft Learn, "Understand and resolve Azure IoT Hub errors", 404103 and 504101. */
function explained(error: RefusedCall, what: string, request: MethodRequest): RefusedCall {
  const { refusal, cause } = error;
  const { status, code, words } = refusal;
  if (status === 404 && /DeviceNotOnline|404103/.test(`${code} ${words}`))
    return new RefusedCall(what, refusal, {
      cause,
      meaning: "the device is offline",
      hint: "it is not connected, or listens for no methods; --connect-timeout 60s waits for it",
    });
  if (status !== 504) return error;
  return new RefusedCall(what, refusal, {
    cause,
    meaning: `the device did not answer in ${request.responseTimeoutS} s`,
    hint: "it may know no such method, or need longer: --timeout",
  });
}
