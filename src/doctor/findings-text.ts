import { padEnd, printable } from "../output/text-width.ts";
import type { Finding } from "./finding.ts";
import { AREAS } from "./finding.ts";

const STATE_WIDTH = 4;
const AREA_WIDTH = Math.max(...AREAS.map((area) => area.length));

/** A line for each finding, its mend below it, and a last one with the sum. Ends with a line feed. */
export function findingsText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ state, area, what, mend }) => [
    `${padEnd(state, STATE_WIDTH)}  ${padEnd(area, AREA_WIDTH)}  ${printable(what)}`,
    ...(mend === undefined
      ? []
      : [`${" ".repeat(STATE_WIDTH + AREA_WIDTH + 4)}mend: ${printable(mend)}`]),
  ]);
  const count = (state: Finding["state"]): number =>
    findings.filter((finding) => finding.state === state).length;
  return `${[...lines, `${count("ok")} ok, ${count("warn")} to watch, ${count("fail")} to mend`].join("\n")}\n`;
}
