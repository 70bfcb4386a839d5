import { parsePropertyBag } from "./property-bag.ts";

/**
 * By what device-to-cloud messages ask the hub for a fault. Microsoft documents none of it; names, units and what
 * follows are those of its SDKs' own end-to-end tests: Azure/azure-iot-sdk-csharp, FaultInjectionConstants.cs and
 * FaultInjection.cs; Azure/azure-iot-sdk-node, c2d_disconnect.js and throttle_disconnect.js; Azure/azure-iot-sdk-c,
 * iothubclient_common_e2e.c, which says that MQTT answers with disconnects and that hubs must be on a list for it.
 */
const PROPERTIES = {
  type: "AzIoTHub_FaultOperationType",
  delayS: "AzIoTHub_FaultOperationDelayInSecs",
  durationS: "AzIoTHub_FaultOperationDurationInSecs",
} as const;

/** As in most of those tests, where nothing is said; in s. */
const DEFAULT_S = { delay: 0, duration: 5 } as const;
/** A device gets no more than this, in s. */
const MOST_S = 3600;

/** What a device asks to fail. */
export interface FaultMessage {
  /** As it was written: `KillTcp`, `InvokeThrottling`, … */
  readonly type: string;
  /** From the message to the begin of the fault. */
  readonly delayMs: number;
  readonly durationMs: number;
}

/** Whether a property bag may ask for a fault: few do, so that only those few are read. */
export function mayAskForFault(bag: string): boolean {
  return bag.includes(PROPERTIES.type);
}

/** @returns undefined where the bag asks for no fault; never throws */
export function parseFaultMessage(bag: string): FaultMessage | undefined {
  const { user } = parsePropertyBag(bag);
  const type = user.get(PROPERTIES.type);
  if (type === undefined) return undefined;
  return {
    type,
    delayMs: 1000 * secondsOf(user.get(PROPERTIES.delayS), DEFAULT_S.delay),
    durationMs: 1000 * secondsOf(user.get(PROPERTIES.durationS), DEFAULT_S.duration),
  };
}

/** SDKs write what is not given as `undefined`, or as 0. */
function secondsOf(text: string | undefined, otherwise: number): number {
  const seconds = Number(text);
  return seconds > 0 ? Math.min(seconds, MOST_S) : otherwise;
}
