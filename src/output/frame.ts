import { displayWidth } from "./text-width.ts";

/** The other screen of a terminal, without cursor and without line wrap, and the way back. */
export const ENTER_SCREEN = "\u001B[?1049h\u001B[?25l\u001B[?7l\u001B[2J";
export const LEAVE_SCREEN = "\u001B[?7h\u001B[?25h\u001B[?1049l";

/** Terminals that know synchronized output show a frame at once; others ignore it. */
const BEGIN = "\u001B[?2026h";
const END = "\u001B[?2026l";

/**
 * What to write so that a terminal that shows `shown` shows `next`: only rows that differ are touched, so nothing
 * flickers; the empty text if all is as it should be.
 *
 * @param shown undefined = unknown, all is drawn anew
 * @param columns width of the terminal; no line is wider
 */
export function frameText(
  shown: readonly string[] | undefined,
  next: readonly string[],
  columns: number,
): string {
  const rows = Math.max(shown?.length ?? 0, next.length);
  let text = shown === undefined ? "\u001B[2J" : "";
  for (let row = 0; row < rows; row += 1) {
    const line = next[row] ?? "";
    if (shown !== undefined && line === (shown[row] ?? "")) continue;
    // Behind a full line the cursor stands on its last sign: to clear from there would take that sign away.
    const clear = displayWidth(line) < columns ? "\u001B[K" : "";
    text += `\u001B[${row + 1};1H${line}\u001B[0m${clear}`;
  }
  return text === "" ? "" : `${BEGIN}${text}${END}`;
}
