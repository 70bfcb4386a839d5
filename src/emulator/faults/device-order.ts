/**
 * Keeps what is held up of one device in its order, also where something comes that is not held up any more, as the fault
 * has ended.
 */
export class DeviceOrder {
  /** What came last, by device; it settles without a reason. */
  readonly #last = new Map<string, Promise<void>>();

  /** Whether nothing is held up. */
  get isIdle(): boolean {
    return this.#last.size === 0;
  }

  /**
   * Takes what came now.
   *
   * @param own what it is by itself, a promise where it is held up
   * @returns the same where nothing of the device is held up, else settled after that; rejects as soon as `own` does
   */
  after<T>(deviceId: string, own: T | Promise<T>): T | Promise<T> {
    const before = this.#last.get(deviceId);
    if (before === undefined && !(own instanceof Promise)) return own;
    const result = Promise.all([own, before]).then(([value]) => value);
    // Who is refused holds nobody up, and what was before still does.
    const settled: Promise<void> = Promise.allSettled([result, before]).then(
      () => void (this.#last.get(deviceId) === settled && this.#last.delete(deviceId)),
    );
    this.#last.set(deviceId, settled);
    return result;
  }
}
