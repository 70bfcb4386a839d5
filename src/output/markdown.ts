import { printable } from "./text-width.ts";

/**
 * Text of others within a line of GitHub's Markdown, table cells included: on one line, and nothing of it is a mark, a
 * tag, an entity, a link, a formula or an emoji's name. Every ASCII punctuation mark may be escaped. Source: CommonMark
 * 0.31, section 2.4; for tables: GitHub Flavored Markdown, section 4.10. Never throws.
 */
export const markdownText = (text: string): string =>
  printable(text).replaceAll(/[\\`*_[\]<>&|~$:@#!]/g, "\\$&");

const tableLine = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;

/**
 * A table of GitHub's Markdown; ends with a newline.
 *
 * @param header Markdown, with numbers in columns whose name ends with `:`, which are set to the right
 * @param rows Markdown, each as long as `header`
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const names = header.map((name) => name.replace(/:$/, ""));
  const marks = header.map((name) => (name.endsWith(":") ? "---:" : "---"));
  return [names, marks, ...rows].map(tableLine).join("");
}
