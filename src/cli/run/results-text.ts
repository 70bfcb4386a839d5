import { join } from "node:path";

import type { Host } from "../host.ts";
import { near } from "./default-scenario.ts";

const PAGE = "report.html";

/**
 * The last lines of a command that wrote results: where they are, and the page to open.
 *
 * @param lost names of the files that are not whole
 */
export function resultsText(
  host: Pick<Host, "cwd">,
  dir: string,
  lost: readonly string[] = [],
): string {
  const holes = lost.length === 0 ? "" : `, not whole: ${lost.join(", ")}`;
  const page = lost.includes(PAGE) ? "" : `report: ${near(host, join(dir, PAGE))}\n`;
  return `results: ${near(host, dir)}${holes}\n${page}`;
}
