import { FAULT_KINDS } from "../../base/fault-kinds.ts";
import type { FaultOrder } from "../../base/fault-order.ts";
import type { OperationKind } from "../../base/service-operations.ts";
import type { FaultMessage } from "./fault-message.ts";
import { parseFaultMessage } from "./fault-message.ts";
import type { IotHub } from "./hub.ts";

/** What a throttled, exhausted or unauthorized device cannot do over MQTT; connecting again it can. */
const ASKED_BY_DEVICES: OperationKind[] = ["sendTelemetry", "readOwnTwin", "updateReported"];

/** Puts on the fault that a device asks for by a message, on this device alone. One that it is under already stays as it is. */
export function askForFault(hub: IotHub, deviceId: string, bag: string): void {
  if (!hub.around.limits.faultMessages) return;
  const message = parseFaultMessage(bag);
  if (message === undefined) return;
  const { type } = message;
  const order = orderFor(message, { service: hub.hostName, devices: [deviceId] });
  if (order === undefined) {
    hub.log.debug({ deviceId, type }, "fault of this type does nothing over MQTT");
    return;
  }
  hub.log.debug({ deviceId, type, kind: order.kind }, "device asks for a fault");
  hub.faults.injectFor(deviceId, order);
}

/** undefined for types of AMQP, and for those that nobody knows. */
function orderFor(
  { type, delayMs, durationMs }: FaultMessage,
  scope: FaultOrder["scope"],
): FaultOrder | undefined {
  // The message has its PUBACK before: without it, SDKs would send it again and again.
  const common = { seed: 1, delayMs: Math.max(1, delayMs) };
  const lasting = { ...common, durationMs, scope: { ...scope, operations: ASKED_BY_DEVICES } };
  switch (type) {
    case "KillTcp": {
      const parameters = { how: FAULT_KINDS.killTcp.parameters.how.default };
      return { kind: "killTcp", parameters, scope, ...common };
    }
    case "ShutDownMqtt":
      return { kind: "shutDownMqtt", parameters: {}, scope, ...common };
    case "InvokeThrottling": {
      const retryAfterS = FAULT_KINDS.throttled.parameters.retryAfterS.default;
      return { kind: "throttled", parameters: { retryAfterS }, ...lasting };
    }
    case "InvokeMaxMessageQuota":
      return { kind: "quotaExceeded", parameters: {}, ...lasting };
    case "InvokeAuthError":
      return { kind: "authError", parameters: {}, ...lasting };
    default:
      return undefined;
  }
}
