import { backoffMs, retryAfterMs, sleep, withTimeout } from "../base/retry.ts";
import { SERVICE_TIMEOUT_MS } from "./connection.ts";
import { retryAfterOf, serviceError, statusOf } from "./service-error.ts";

export interface ServiceCallOptions {
  /** The operation and the service, for messages, such as `reading the twin of d1 at my.azure-devices.net`. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
  /** How long one attempt may take, ms > 0; default {@link SERVICE_TIMEOUT_MS}. */
  readonly timeoutMs?: number | undefined;
  /** How long throttled calls are made again, ms >= 0; default 120,000, two windows of DPS. */
  readonly patienceMs?: number | undefined;
  /** Uniform in [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Told before each wait. */
  readonly onThrottled?: ((waitMs: number) => void) | undefined;
}

const PATIENCE_MS = 120_000;
const BACKOFF = { firstMs: 1_000, maxMs: 20_000, jitter: 0.5 } as const;
/** Asked to come later: 429 of every service, 503 of one that moves. Nothing was done then. */
const LATER = new Set([429, 503]);

/**
 * One call of a service, with a limit; where the service throttles, it is made again, after what the answer asks for.
 *
 * @param work may be called several times
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`; the signal's reason where that aborts; a bug as it is
 */
export async function serviceCall<T>(
  options: ServiceCallOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { what, signal, timeoutMs = SERVICE_TIMEOUT_MS, onThrottled } = options;
  const { patienceMs = PATIENCE_MS, random = Math.random } = options;
  let waitedMs = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withTimeout({ what, timeoutMs, signal }, work);
    } catch (error) {
      signal?.throwIfAborted();
      if (isBug(error)) throw error;
      const asked = retryAfterOf(error);
      const waitMs =
        asked === undefined ? backoffMs(BACKOFF, attempt, random) : retryAfterMs(asked, random);
      if (!LATER.has(statusOf(error) ?? 0) || waitedMs + waitMs > patienceMs)
        throw serviceError(what, error);
      onThrottled?.(waitMs);
      await sleep(waitMs, signal);
      waitedMs += waitMs;
    }
  }
}

/** What no service can cause: neither Node's network nor the SDKs use these for what happens on the way. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
