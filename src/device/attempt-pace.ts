/** Lets attempts to connect go when their turn has come. */
export interface AttemptPace {
  /** Whether there is a limit at all. */
  readonly isLimited: boolean;
  /** @returns how long it waited, ms; rejects with the signal's reason when that aborts first: others come in its place */
  readonly pass: (signal: AbortSignal) => Promise<number>;
}

interface Waiting {
  readonly sinceMs: number;
  readonly go: (waitedMs: number) => void;
}

/** One token of room for lateness for so many attempts a second: 20 ms, longer than a timer is late. */
const PER_TOKEN = 50;

/**
 * A worker's share of the attempts to connect that the whole fleet may make a second: a token bucket, first come first
 * served. A bucket of c tokens that gets r − (c − 1) a second never lets more than r go in any second (rounded up, where r
 * is no whole number), which one that gets r a second would.
 *
 * @param perS attempts a second, > 0; undefined = no limit
 * @param clock ms, monotonic
 */
export function createAttemptPace(perS: number | undefined, clock: () => number): AttemptPace {
  if (perS === undefined) return { isLimited: false, pass: () => Promise.resolve(0) };
  const size = 1 + Math.floor(perS / PER_TOKEN);
  const perMs = (perS - (size - 1)) / 1_000;
  const queue = new Set<Waiting>();
  let tokens = size;
  let countedMs = clock();
  let timer: NodeJS.Timeout | undefined;

  const release = (): void => {
    timer = undefined;
    const nowMs = clock();
    tokens = Math.min(size, tokens + Math.max(0, nowMs - countedMs) * perMs);
    countedMs = nowMs;
    for (const waiting of queue) {
      if (tokens < 1) break;
      tokens -= 1;
      queue.delete(waiting);
      waiting.go(nowMs - waiting.sinceMs);
    }
    if (queue.size > 0) timer = setTimeout(release, Math.ceil((1 - tokens) / perMs));
  };

  const pass = (signal: AbortSignal): Promise<number> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        queue.delete(waiting);
        if (queue.size === 0) {
          clearTimeout(timer);
          timer = undefined;
        }
        reject(signal.reason);
      };
      const waiting: Waiting = {
        sinceMs: clock(),
        go: (waitedMs) => {
          signal.removeEventListener("abort", onAbort);
          resolve(waitedMs);
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      queue.add(waiting);
      if (timer === undefined) release();
    });
  return { isLimited: true, pass };
}
