/** What has begun and not ended. */
export class UnderWay {
  readonly #promises = new Set<Promise<unknown>>();

  /** Keeps what is a promise until it settles. @returns the same */
  watch<T>(value: T): T {
    if (value instanceof Promise) {
      const ended = (): void => void this.#promises.delete(value);
      this.#promises.add(value);
      void value.then(ended, ended);
    }
    return value;
  }

  /** Resolves when all that is under way by now has settled, after those that waited for it before. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#promises);
  }
}
