import { stripVTControlCharacters } from "node:util";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Blocks whose characters take two columns. Source: Unicode Standard Annex #11, East Asian Width, W and F. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6]|[\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\uFE0F/u;
/** Nothing to see: marks without a base, joiners, controls. */
const EMPTY = /^[\p{M}\p{C}\u200B-\u200F]*$/u;
/** A sequence that sets colours; the only kind that our own lines hold. */
// oxlint-disable-next-line no-control-regex -- escape sequences start with a control character
const COLOUR = /(\u001B\[[\d;]*m)/;
const RESET = "\u001B[0m";

const widthOf = (grapheme: string): number =>
  EMPTY.test(grapheme) ? 0 : WIDE.test(grapheme) ? 2 : 1;

/** Columns that a line takes on a terminal; colours take none. */
export function displayWidth(line: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(line))) {
    width += widthOf(segment);
  }
  return width;
}

/** Text of others on one line, without anything that would move a cursor. */
export const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- these are what must not get through
  stripVTControlCharacters(text).replaceAll(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, " ");

/** `line` cut to at most `columns` columns, with `…` where something is missing; colours are closed. */
export function fit(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line;
  let cut = "";
  let width = 0;
  let coloured = false;
  for (const part of line.split(COLOUR)) {
    if (COLOUR.test(part)) {
      cut += part;
      coloured = true;
      continue;
    }
    for (const { segment } of graphemes.segment(part)) {
      if (width + widthOf(segment) > columns - 1) {
        return `${cut}${columns > 0 ? "…" : ""}${coloured ? RESET : ""}`;
      }
      cut += segment;
      width += widthOf(segment);
    }
  }
  return cut;
}

/** `text` filled with blanks up to `columns` columns. */
export const padEnd = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - displayWidth(text)));
