import { FleetError } from "../base/errors.ts";
import type { Host } from "./host.ts";

/**
 * Does `work` until a signal stops it; what a stop cuts off may fail in ways of its own, which are not told.
 *
 * @param work its signal aborts with `INTERRUPTED`
 * @throws {FleetError} `INTERRUPTED` after a stop; whatever `work` throws
 */
export async function untilStopped<T>(
  host: Pick<Host, "onSignal">,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const release = host.onSignal((signal) =>
    stop.abort(new FleetError("INTERRUPTED", `stopped by ${signal}`)),
  );
  try {
    stop.signal.throwIfAborted();
    return await work(stop.signal);
  } catch (error) {
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    release();
  }
}
