/** Delays between attempts. `random` is uniform in [0, 1). */
export interface BackoffOptions {
  /** Upper bound of the first delay, ms > 0. */
  readonly firstMs: number;
  /** Upper bound of every delay, ms >= firstMs. */
  readonly maxMs: number;
  /** Growth from one attempt to the next, >= 1; default 2. */
  readonly factor?: number;
  /** Part of the bound that is random, 0 to 1: 1 = full jitter, a delay anywhere up to its bound; 0 = the bound itself. */
  readonly jitter: number;
  /** Lower bound of every delay, ms <= firstMs; default 0. */
  readonly floorMs?: number;
}

/** The delay before attempt `attempt + 1`, after `attempt` failures (1, 2, 3 …), ms > 0; pure. */
export function backoffMs(options: BackoffOptions, attempt: number, random: () => number): number {
  const { firstMs, maxMs, factor = 2, jitter, floorMs = 0 } = options;
  const bound = Math.min(maxMs, firstMs * factor ** (Math.max(1, attempt) - 1));
  const least = Math.max(floorMs, bound * (1 - jitter));
  return bound - (bound - least) * random();
}

/**
 * What the service asked to wait, plus up to `spread` of it, so that a fleet that was told the same does not return at once.
 * Never shorter than asked; pure.
 */
export function retryAfterMs(askedMs: number, random: () => number, spread = 0.25): number {
  return askedMs * (1 + spread * random());
}

/** `setTimeout` fires at once for longer delays; 24.8 days. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    let timer: NodeJS.Timeout;
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const wait = (leftMs: number): void => {
      const partMs = Math.min(leftMs, MAX_TIMER_MS);
      timer = setTimeout(() => {
        if (leftMs > partMs) {
          wait(leftMs - partMs);
          return;
        }
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, partMs);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    wait(Math.max(0, ms));
  });
}

/** `withTimeout` gave up; `message` names what was waited for and how long. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/**
 * Runs `work` with a signal that aborts after `timeoutMs`, or when `signal` does.
 *
 * Settles at that moment even if `work` does not listen to its signal.
 *
 * @throws {TimeoutError} after `timeoutMs`; the reason of `signal` if it aborts; whatever `work` throws
 */
export async function withTimeout<T>(
  options: {
    readonly what: string;
    readonly timeoutMs: number;
    readonly signal?: AbortSignal | undefined;
  },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { what, timeoutMs, signal } = options;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(
    () => controller.abort(new TimeoutError(`${what} took longer than ${timeoutMs} ms`)),
    Math.min(timeoutMs, MAX_TIMER_MS),
  );
  try {
    const given = new Promise<never>((_resolve, reject) => {
      controller.signal.addEventListener("abort", () => reject(controller.signal.reason), {
        once: true,
      });
    });
    return await Promise.race([work(controller.signal), given]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
