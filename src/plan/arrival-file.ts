import type { Problem } from "../base/errors.ts";
import { showValue } from "../base/show-value.ts";
import { parseDuration } from "../base/units.ts";
import { shortened } from "./fleet-problems.ts";

/**
 * Reads a file with a time a line, such as `2.5s`; blank lines, and all from a `#` on, are passed over. Never throws.
 *
 * @param source the file's name, as messages show it
 * @returns times in ms, as written
 */
export function parseArrivalFile(
  text: string,
  source: string,
): { readonly times: readonly number[]; readonly problems: readonly Problem[] } {
  const times: number[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const written = line.replace(/#.*/, "").trim();
    if (written === "") continue;
    const ms = parseDuration(written);
    if (ms !== undefined) {
      times.push(ms);
      continue;
    }
    const message = `expected a time such as 2.5s, one a line, got ${showValue(written)}`;
    problems.push({ place: `${source}:${index + 1}`, message });
  }
  if (times.length === 0 && problems.length === 0) {
    problems.push({ place: source, message: "expected a time a line, got none" });
  }
  return { times, problems: shortened(problems) };
}
