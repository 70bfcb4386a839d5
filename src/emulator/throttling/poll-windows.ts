import { SlidingWindow } from "./sliding-window.ts";

const WINDOW_MS = 10_000;

interface Polls {
  readonly window: SlidingWindow;
  lastMs: number;
}

/**
 * Counts what each device asked in the last ten seconds; a device that asked nothing in them takes no memory.
 * Source: Microsoft Learn, "Azure IoT Hub Device Provisioning Service limits", device polling.
 */
export class PollWindows {
  /** In the order of their last polls. */
  readonly #byId = new Map<string, Polls>();

  /** How many devices are remembered. */
  get size(): number {
    return this.#byId.size;
  }

  /**
   * Counts a poll if its device has made fewer than `limit`.
   *
   * @param registrationId in any case
   * @returns 0 if it was counted, else in how many ms there will be room
   */
  take(registrationId: string, limit: number, nowMs: number): number {
    this.#forget(nowMs);
    const id = registrationId.toLowerCase();
    const known = this.#byId.get(id);
    const polls = known ?? { window: new SlidingWindow(WINDOW_MS), lastMs: nowMs };
    const waitMs = polls.window.take(1, limit, nowMs);
    if (waitMs > 0) return waitMs;
    polls.lastMs = nowMs;
    if (known !== undefined) this.#byId.delete(id);
    this.#byId.set(id, polls);
    return 0;
  }

  #forget(nowMs: number): void {
    for (const [id, { lastMs }] of this.#byId) {
      if (lastMs > nowMs - WINDOW_MS && lastMs <= nowMs + WINDOW_MS) return;
      this.#byId.delete(id);
    }
  }
}
