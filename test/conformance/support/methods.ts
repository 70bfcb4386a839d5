import iothub from "azure-iothub";
import { redirect } from "../../integration/emulator-service-clients.ts";
import type { WireClient } from "../../integration/emulator-wire.ts";
import { publishPacket } from "../../integration/emulator-wire.ts";
import type { Target } from "./target.ts";

export const METHOD_CALLS = "$iothub/methods/POST/#";

/** How a direct method is called. */
export interface MethodCall {
  /** Default: `do`. */
  readonly name?: string;
  readonly payload?: unknown;
  /** Default: 20. */
  readonly responseS?: number;
  /** Default: 0. */
  readonly connectS?: number;
}

/** What the caller of a direct method gets. */
export type MethodAnswer = Readonly<Record<"status" | "payload", unknown>>;

/** Calls direct methods of the first hub's devices with Microsoft's service client. */
export function methodCaller(
  target: Target,
): (deviceId: string, call?: MethodCall) => Promise<MethodAnswer> {
  const client = iothub.Client.fromConnectionString(target.hubs[0]?.connectionString ?? "");
  if (target.agent !== undefined) redirect(client, target.agent);
  return async (deviceId, { name = "do", payload, responseS = 20, connectS = 0 } = {}) => {
    const { result } = await client.invokeDeviceMethod(deviceId, {
      methodName: name,
      payload,
      responseTimeoutInSeconds: responseS,
      connectTimeoutInSeconds: connectS,
    });
    return result;
  };
}

/** A call as a device gets it. */
export interface ReceivedCall {
  readonly name: string;
  readonly requestId: string;
  readonly body: string;
  readonly qos: number;
}

/** The next call; its topic must have the documented form. */
export async function nextCall(client: WireClient): Promise<ReceivedCall> {
  const { topic, body, qos } = await client.nextPublish();
  const parts = /^\$iothub\/methods\/POST\/([^/]+)\/\?\$rid=([^&]+)$/.exec(topic);
  const [, name, requestId] = parts ?? [];
  if (name === undefined || requestId === undefined) throw new Error(topic);
  return { name, requestId, body, qos };
}

/** A device's answer. */
export const answerPacket = ({ requestId }: ReceivedCall, status: number | string, body: string) =>
  publishPacket(`$iothub/methods/res/${status}/?$rid=${requestId}`, body, { qos: 0 });
