import type { DeviceAt, FoundDevices } from "../../service/find-devices.ts";
import type { HubCallKind } from "../../service/hub-rates.ts";
import { pacedCalls } from "../../service/paced-calls.ts";
import type { Host } from "../host.ts";
import { openProgress } from "../progress.ts";
import type { DeviceFailure } from "./failures.ts";
import { failuresError } from "./failures.ts";
import type { HubSession } from "./hub-session.ts";

/** What is done with each device. */
export interface DeviceWork<Value> {
  /** Which of the hub's limits counts. */
  readonly kind: HubCallKind;
  /** Calls a device, default 1. */
  readonly cost?: number | undefined;
  /** For people, such as `patching twins` and `patched`. */
  readonly doing: string;
  readonly done: string;
  readonly work: (device: DeviceAt, signal: AbortSignal) => Promise<Value>;
}

/** How it ended, in the order in which the devices were named; those that a stop left out are in neither list. */
export interface DeviceResults<Value> {
  readonly values: readonly { readonly device: DeviceAt; readonly value: Value }[];
  readonly failures: readonly DeviceFailure[];
  /** Throws once all is printed: the stop's reason, or what failed. */
  readonly requireAll: () => void;
}

/** Does it with each device, within the limits of their hubs; one that fails does not keep the others. */
export async function onDevices<Value>(
  { found, missing }: FoundDevices,
  { signal }: HubSession,
  host: Pick<Host, "stderr" | "now">,
  { kind, cost, doing, done, work }: DeviceWork<Value>,
): Promise<DeviceResults<Value>> {
  const values = new Map<DeviceAt, Value>();
  const failed = new Map<DeviceAt, DeviceFailure>();
  const progress = openProgress(host, doing);
  let stopped = false;
  try {
    await pacedCalls({
      items: found,
      paceOf: ({ hub }) => hub.pace(kind),
      cost,
      work,
      signal,
      onOutcome: (outcome, { done: ended, failed: bad, total }) => {
        const { item } = outcome;
        if (outcome.ok) values.set(item, outcome.value);
        else failed.set(item, { deviceId: item.deviceId, error: outcome.error });
        progress.update(ended, total, bad);
      },
    });
  } catch (error) {
    // What was done up to then is told all the same.
    if (!signal.aborted) throw error;
    stopped = true;
  } finally {
    progress.end();
  }
  const failures = [...missing, ...found.flatMap((device) => failed.get(device) ?? [])];
  return {
    values: found.flatMap((device) => {
      const value = values.get(device);
      return value === undefined ? [] : [{ device, value }];
    }),
    failures,
    requireAll: () => {
      if (stopped) signal.throwIfAborted();
      if (failures.length > 0)
        throw failuresError(failures, { total: found.length + missing.length, done });
    },
  };
}
