import { FleetError } from "../../base/errors.ts";
import type { Host } from "../host.ts";
import { openProgress } from "../progress.ts";

/** What work in a store is given: when to stop, and whom to tell how far it is. */
export interface CertsWork {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Does work that shows how far it is and that Ctrl-C stops between two devices.
 *
 * @param what is under way, such as `writing PFX files`
 * @throws {FleetError} `INTERRUPTED` after a signal; what was done until then is whole
 */
export async function withProgress<T>(
  host: Pick<Host, "stderr" | "now" | "onSignal">,
  what: string,
  work: (given: CertsWork) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const forget = host.onSignal((signal) => {
    stop.abort(
      new FleetError("INTERRUPTED", `${what} was interrupted (${signal})`, {
        hint: "run it again: it goes on where it was",
      }),
    );
  });
  const progress = openProgress(host, what);
  try {
    return await work({
      signal: stop.signal,
      onProgress: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.end();
    forget();
  }
}
