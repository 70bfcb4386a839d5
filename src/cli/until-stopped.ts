import { setMaxListeners } from "node:events";

import { FleetError } from "../base/errors.ts";
import type { Host } from "./host.ts";

/**
 * Does `work` until a signal stops it; what a stop cuts off may fail in ways of its own, which are not told.
 *
 * @param work its signal aborts with `INTERRUPTED`; any number of calls may listen to it at a time
 * @param told of the work that is stopped: the message for a signal such as `SIGINT`, and what to do then
 * @throws {FleetError} `INTERRUPTED` after a stop; whatever `work` throws
 */
export async function untilStopped<T>(
  host: Pick<Host, "onSignal">,
  work: (stop: AbortSignal) => Promise<T>,
  told: {
    readonly message?: (signal: string) => string;
    readonly hint?: string;
  } = {},
): Promise<T> {
  const { message = (signal) => `stopped by ${signal}`, ...rest } = told;
  const stop = new AbortController();
  // Else Node warns of a leak where more than ten calls run at a time.
  setMaxListeners(0, stop.signal);
  const release = host.onSignal((signal) =>
    stop.abort(new FleetError("INTERRUPTED", message(signal), rest)),
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
