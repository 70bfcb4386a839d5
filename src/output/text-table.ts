import { displayWidth, padEnd, printable } from "./text-width.ts";

/**
 * Rows under a header, columns two blanks apart; the last one is as long as it is. What others wrote cannot move the
 * cursor. Ends with a line feed.
 *
 * @param rows each as long as `header`
 */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = [header, ...rows.map((row) => row.map(printable))];
  const widths = header.map((_, at) =>
    Math.max(...table.map((row) => displayWidth(row[at] ?? ""))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => padEnd(cell, widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return `${table.map(line).join("\n")}\n`;
}
