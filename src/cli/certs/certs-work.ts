import type { Host } from "../host.ts";
import { openProgress } from "../progress.ts";
import { untilStopped } from "../until-stopped.ts";

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
  const progress = openProgress(host, what);
  try {
    return await untilStopped(
      host,
      (signal) => work({ signal, onProgress: (done, total) => progress.update(done, total) }),
      {
        message: (signal) => `${what} was interrupted (${signal})`,
        hint: "run it again: it goes on where it was",
      },
    );
  } finally {
    progress.end();
  }
}
