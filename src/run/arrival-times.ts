import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { parseArrivalFile } from "../plan/arrival-file.ts";
import type { Arrival } from "../scenario/arrival-section.ts";
import { fileBeside } from "./brought-devices.ts";

/**
 * Reads the file of start times that an arrival names.
 *
 * @param scenarioFile what it is relative to, itself relative to `cwd`
 * @returns ms; undefined where it names none
 * @throws {FleetError} `FILE_INVALID` with its problems, each with its line
 */
export async function readArrivalTimes(
  arrival: Arrival,
  scenarioFile: string,
  cwd: string,
): Promise<readonly number[] | undefined> {
  if (arrival.way !== "file") return undefined;
  const source = fileBeside(scenarioFile, arrival.file);
  let text: string;
  try {
    text = await readFile(resolve(cwd, source), "utf8");
  } catch (cause) {
    const message = `expected a file of times, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", "the times of arrival cannot be read", {
      problems: [{ place: source, message, hint: "paths are relative to the scenario" }],
      cause,
    });
  }
  const { times, problems } = parseArrivalFile(text, source);
  if (problems.length === 0) return times;
  throw new FleetError("FILE_INVALID", "the times of arrival cannot be used", { problems });
}
