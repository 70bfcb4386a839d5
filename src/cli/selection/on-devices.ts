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
  const progress = openProgress(host, doing);
  try {
    const outcomes = await pacedCalls({
      items: found,
      paceOf: ({ hub }) => hub.pace(kind),
      cost,
      work,
      signal,
      onOutcome: (_outcome, { done: ended, failed, total }) =>
        progress.update(ended, total, failed),
    });
    const failures = [
      ...missing,
      ...outcomes.flatMap((outcome) =>
        outcome.ok ? [] : [{ deviceId: outcome.item.deviceId, error: outcome.error }],
      ),
    ];
    return {
      values: outcomes.flatMap((outcome) =>
        outcome.ok ? [{ device: outcome.item, value: outcome.value }] : [],
      ),
      failures,
      requireAll: () => {
        signal.throwIfAborted();
        if (failures.length > 0)
          throw failuresError(failures, { total: found.length + missing.length, done });
      },
    };
  } finally {
    progress.end();
  }
}
