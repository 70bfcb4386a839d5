import type { Json } from "../../base/json.ts";
import { ServiceFault } from "../fault.ts";
import type { IotHub } from "./hub.ts";
import type { MethodResult } from "./methods.ts";
import { METHOD_CALLS, formatMethodCall } from "./topics.ts";

export interface MethodCall {
  readonly methodName: string;
  readonly payload: Json | undefined;
  readonly responseTimeoutS: number;
  readonly connectTimeoutS: number;
}

/**
 * Calls a direct method and waits for the device's answer.
 *
 * @throws {ServiceFault} `deviceNotFound`, `deviceNotOnline`, `gatewayTimeout`, `badDeviceResponse`
 */
export async function invokeMethod(
  hub: IotHub,
  deviceId: string,
  call: MethodCall,
  signal: AbortSignal,
): Promise<MethodResult> {
  hub.devices.get(deviceId);
  const connection = await hub.connections.listening(deviceId, METHOD_CALLS, {
    timeoutMs: call.connectTimeoutS * 1000,
    signal,
  });
  if (connection === undefined)
    throw new ServiceFault("deviceNotOnline", "Timed out waiting for device to connect.");
  const body = call.payload === undefined ? "null" : JSON.stringify(call.payload);
  const { result, bytes } = await hub.methods.call(
    deviceId,
    { timeoutMs: call.responseTimeoutS * 1000, signal },
    (requestId) => {
      if (hub.faults.strike("methodLost", deviceId) === undefined)
        connection.send(formatMethodCall(call.methodName, requestId), body);
    },
  );
  hub.tell({
    type: "methodAnswered",
    deviceId,
    requestBytes: Buffer.byteLength(body),
    responseBytes: bytes,
    status: result.status,
  });
  return result;
}
