import { formatSpan } from "../output/terminal-text.ts";
import { printable } from "../output/text-width.ts";
import type { Host } from "./host.ts";

/** Tells people how far long work is, on stderr. */
export interface Progress {
  /** @param failed how many of `done` failed */
  readonly update: (done: number, total: number, failed?: number) => void;
  /** Takes the line away where it is a terminal's; safe to call twice. */
  readonly end: () => void;
}

/** Work that is done sooner tells nothing. */
const QUIET_MS = 1_000;
const TERMINAL_GAP_MS = 100;
const LINE_GAP_MS = 10_000;

/**
 * A line that is written over on a terminal, and elsewhere one every ten seconds.
 *
 * @param what is under way, such as `patching twins`
 */
export function openProgress(
  { stderr, now }: Pick<Host, "stderr" | "now">,
  what: string,
): Progress {
  const isTerminal = stderr.isTTY === true;
  const startMs = now().getTime();
  let nextMs = startMs + (isTerminal ? QUIET_MS : LINE_GAP_MS);
  let isShown = false;
  return {
    update: (done, total, failed = 0) => {
      const nowMs = now().getTime();
      if (nowMs < nextMs) return;
      nextMs = nowMs + (isTerminal ? TERMINAL_GAP_MS : LINE_GAP_MS);
      const text = printable(progressText(what, { done, total, failed }, nowMs - startMs));
      stderr.write(isTerminal ? `\r${text}\u001B[K` : `${text}\n`);
      isShown = isTerminal;
    },
    end: () => {
      if (isShown) stderr.write("\r\u001B[K");
      isShown = false;
    },
  };
}

/** `patching twins: 120 of 1000, 3 failed, 12.0/s, about 74 s left`; pure. */
export function progressText(
  what: string,
  {
    done,
    total,
    failed,
  }: { readonly done: number; readonly total: number; readonly failed: number },
  elapsedMs: number,
): string {
  const perMs = elapsedMs > 0 ? done / elapsedMs : 0;
  return [
    `${what}: ${done} of ${total}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(perMs === 0 ? [] : [`${(perMs * 1_000).toFixed(1)}/s`]),
    ...(perMs === 0 || done >= total ? [] : [`about ${formatSpan((total - done) / perMs)} left`]),
  ].join(", ");
}
