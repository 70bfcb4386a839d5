import { deferred } from "../../base/deferred.ts";
import { sleep } from "../../base/retry.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";

/** Devices that somebody waits for. */
interface Wait {
  readonly open: Set<string>;
  readonly isDone: (event: DeviceEvent) => boolean;
  readonly onEmpty: () => void;
}

/** Waits for what devices tell. */
export class DeviceWatch {
  readonly #waits = new Set<Wait>();

  /** Takes a device's event; those of states and faults name the registration id. */
  observe(event: DeviceEvent): void {
    for (const wait of this.#waits) {
      if (!wait.open.has(event.deviceId) || !wait.isDone(event)) continue;
      wait.open.delete(event.deviceId);
      if (wait.open.size === 0) wait.onEmpty();
    }
  }

  /**
   * Resolves when each device has told an event that `isDone` takes, when the time is up, or when `signal` aborts.
   *
   * @returns those that have not, in the order given
   */
  async until(
    registrationIds: readonly string[],
    isDone: (event: DeviceEvent) => boolean,
    { limitMs, signal }: { readonly limitMs: number; readonly signal: AbortSignal },
  ): Promise<readonly string[]> {
    const open = new Set(registrationIds);
    if (open.size === 0) return [];
    const empty = deferred<void>();
    const wait = { open, isDone, onEmpty: () => empty.resolve() };
    const over = new AbortController();
    const abort = (): void => over.abort();
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    this.#waits.add(wait);
    try {
      await Promise.race([empty.promise, sleep(limitMs, over.signal)]);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#waits.delete(wait);
      signal.removeEventListener("abort", abort);
      abort();
    }
    return [...open];
  }
}
