import type { DeviceStart } from "../../worker/protocol.ts";

/**
 * The devices that are still to start, and when: a pause moves them all by its length, a rate spaces them anew. Pure;
 * times are ms after time 0 and never fall from call to call.
 */
export class StartSchedule {
  readonly #devices: readonly DeviceStart[];
  #next = 0;
  /** When the last one was due that was taken. */
  #lastMs = 0;
  /** Added to the moments of `#devices`. */
  #shiftMs = 0;
  /** In place of those moments: the next device is due at `nextMs`, the others behind it. */
  #even: { readonly perS: number; nextMs: number } | undefined;
  #pausedMs: number | undefined;

  /** @param devices in the order in which they are due */
  constructor(devices: readonly DeviceStart[]) {
    this.#devices = devices;
  }

  /** Devices that were not taken yet. */
  get left(): number {
    return this.#devices.length - this.#next;
  }

  get isPaused(): boolean {
    return this.#pausedMs !== undefined;
  }

  /** Devices a second; null = each at its own time. */
  get ratePerS(): number | null {
    return this.#even?.perS ?? null;
  }

  pause(nowMs: number): void {
    this.#pausedMs ??= nowMs;
  }

  /** Who was due in the pause, or is later, is due as much later as it was long. */
  resume(nowMs: number): void {
    const byMs = nowMs - (this.#pausedMs ?? nowMs);
    this.#pausedMs = undefined;
    this.#shiftMs += byMs;
    if (this.#even !== undefined) this.#even.nextMs += byMs;
  }

  /** The next device is due one gap after now, or after the last one that was taken, where that is later. @param perS > 0 */
  setRate(perS: number, nowMs: number): void {
    const fromMs = Math.max(this.#pausedMs ?? nowMs, this.#lastMs);
    this.#even = { perS, nextMs: fromMs + 1_000 / perS };
  }

  /** Takes the devices that are due before `untilMs`, in their order; none while it is paused. */
  take(untilMs: number): readonly DeviceStart[] {
    const starts: DeviceStart[] = [];
    if (this.#pausedMs !== undefined) return starts;
    for (let next = this.#peek(); next !== undefined && next.dueMs < untilMs; next = this.#peek()) {
      starts.push(next);
      this.#lastMs = next.dueMs;
      this.#next += 1;
      if (this.#even !== undefined) this.#even.nextMs += 1_000 / this.#even.perS;
    }
    return starts;
  }

  #peek(): DeviceStart | undefined {
    const device = this.#devices[this.#next];
    if (device === undefined) return undefined;
    const { registrationId, dueMs } = device;
    return { registrationId, dueMs: this.#even?.nextMs ?? dueMs + this.#shiftMs };
  }
}
