import type { RecordedPast } from "../../report/recorded-run.ts";

/** How a run came to its end, as far as that says whether there is something to go on with. */
export interface ResumableEnd {
  readonly interrupted: boolean;
  readonly failure: unknown;
  readonly aborted: unknown;
  readonly workers: { readonly planned: number; readonly gone: number };
}

/**
 * Whether a run was cut short: interrupted, or broken off because its emulator or all its workers were gone. One that came
 * to its end, or that a threshold has ended, is judged.
 */
export const wasCutShort = ({ interrupted, failure, aborted, workers }: ResumableEnd): boolean =>
  (aborted ?? undefined) === undefined &&
  (interrupted || (failure ?? undefined) !== undefined || workers.gone >= workers.planned);

/** Why a run that is recorded like this is not to be resumed; undefined = it is. */
export function whyNotResumed({ hasBegun, end }: RecordedPast): string | undefined {
  if (!hasBegun) return "its devices had not started";
  if (end === undefined || wasCutShort(end)) return undefined;
  return "it came to its end and was judged";
}
