import { formatSpan } from "./terminal-text.ts";

/** How far a step of the set-up is. */
export interface Progress {
  readonly text: string;
  readonly done: number;
  readonly total: number;
  /** Since the step began, ms. */
  readonly elapsedMs: number;
}

/** Before so much time an estimate is a guess. */
const ESTIMATE_AFTER_MS = 1_000;
const BAR_WIDTH = 20;

/** `, about 12 s left`, where enough is done to tell. */
function leftText({ done, total, elapsedMs }: Progress): string {
  if (done === 0 || done >= total || elapsedMs < ESTIMATE_AFTER_MS) return "";
  return `, about ${formatSpan((elapsedMs / done) * (total - done))} left`;
}

/** A line of progress for a log: `certificates issued: 40 of 300, about 12 s left`. */
export const progressText = (progress: Progress): string =>
  `${progress.text}: ${progress.done} of ${progress.total}${leftText(progress)}`;

/** The same with a bar, for a terminal. */
export function progressBar(progress: Progress): string {
  const filled = Math.round((BAR_WIDTH * progress.done) / Math.max(1, progress.total));
  return `${"█".repeat(filled)}${"·".repeat(BAR_WIDTH - filled)} ${progressText(progress)}`;
}
