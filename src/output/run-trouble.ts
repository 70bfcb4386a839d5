import type { ErrorCode } from "../base/errors.ts";
import { EXIT_CODES } from "../base/errors.ts";
import { formatFleetError } from "../base/fleet-error-text.ts";
import type { Results } from "./results.ts";

/** What kept a run from its end; without it, the thresholds alone decided. */
export type RunTrouble =
  | {
      readonly type: "broken";
      readonly code: ErrorCode;
      readonly message: string;
      /** All that is known of it, in lines; ends with a newline. */
      readonly detail: string;
    }
  /** The user stopped it before there was anything to judge. */
  | { readonly type: "notJudged"; readonly message: string };

/** @returns undefined where the run came to its end, whatever its thresholds say */
export function runTrouble({ exitCode, failure, summary }: Results): RunTrouble | undefined {
  if (exitCode === EXIT_CODES.INTERRUPTED) {
    const { durationS } = summary.run;
    const message = `interrupted after ${durationS.toFixed(1)} s, before its end`;
    return { type: "broken", code: "INTERRUPTED", message, detail: `${message}\n` };
  }
  if (failure !== undefined) {
    const { code, message } = failure;
    return { type: "broken", code, message, detail: formatFleetError(failure) };
  }
  if (exitCode === EXIT_CODES.WORKER_LOST) {
    const { planned, lost, restarted } = summary.workers;
    const message = "worker processes were lost and could not be restarted";
    const detail = `${message}\n  of ${planned}: ${lost} times one was lost, ${restarted} times restarted\n`;
    return { type: "broken", code: "WORKER_LOST", message, detail };
  }
  if (summary.verdict === "interrupted") {
    return { type: "notJudged", message: "stopped while devices were still on their way" };
  }
  return undefined;
}
