import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { productVersion } from "../base/product-version.ts";
import { readLines } from "../base/read-lines.ts";
import type { RunEvent } from "../output/output.ts";
import { printable } from "../output/text-width.ts";
import { parseRunEvent } from "./run-event-schema.ts";

/** Of what is wrong with one event, so much is told. */
const ISSUES_TOLD = 3;

const OTHER_FOLDER = "give the folder that the run named at its end, such as one under runs/";

/**
 * Reads `run.ndjson`, an event after the other. Of a run that was killed, or whose disk was full, the last line may be
 * cut: it is left out. Such a file has no `end`.
 *
 * @param file absolute
 * @param shown its path as the user wrote it
 * @throws {FleetError} `FILE_INVALID` with the line, where there is no file or it holds something else
 */
export async function* readRunEvents(
  file: string,
  shown: string,
): AsyncGenerator<RunEvent, undefined> {
  let number = 0;
  let hint = OTHER_FOLDER;
  let cut: { readonly number: number; readonly error: unknown } | undefined;
  try {
    for await (const line of readLines(file)) {
      number += 1;
      // Only what nothing follows is cut.
      if (cut !== undefined) throw notEvent(`${shown}:${cut.number}`, "an event", cut.error);
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        cut = { number, error };
        continue;
      }
      if (number === 1) hint = hintOf(value);
      const event = eventIn(value, `${shown}:${number}`, hint);
      if (number === 1 && event.type !== "plan") {
        throw notEvent(`${shown}:1`, "the plan of a run first", `got ${event.type}`);
      }
      yield event;
    }
  } catch (error) {
    if (error instanceof FleetError) throw error;
    throw notRun(shown, `expected the events of a run, got: ${fileTrouble(error)}`, error);
  }
  if (number === 0) throw notRun(shown, "expected the events of a run, got an empty file");
  if (cut?.number === 1) throw notEvent(`${shown}:1`, "the plan of a run first", cut.error);
  return undefined;
}

const plan = z.object({ type: z.literal("plan"), version: z.string().optional() });

/** What to do about a record that cannot be understood. @param first its first line */
function hintOf(first: unknown): string {
  const { data } = plan.safeParse(first);
  const version = productVersion();
  if (data === undefined || data.version === version) return OTHER_FOLDER;
  const writer =
    data.version === undefined
      ? "an earlier version of dps-fleet"
      : `dps-fleet ${printable(data.version)}`;
  return `${writer} recorded this run, and ${version} cannot read it: use the version that recorded it`;
}

function eventIn(value: unknown, place: string, hint: string): RunEvent {
  try {
    return parseRunEvent(value);
  } catch (error) {
    throw notEvent(place, "an event of a run of this version", error, hint);
  }
}

function notEvent(place: string, expected: string, found: unknown, hint?: string): FleetError {
  const got =
    found instanceof z.ZodError
      ? issuesText(found.issues)
      : found instanceof Error
        ? found.message
        : String(found);
  return notRun(place, `expected ${expected}; ${printable(got)}`, found, hint);
}

function issuesText(issues: readonly z.core.$ZodIssue[]): string {
  const told = issues
    .slice(0, ISSUES_TOLD)
    .map(({ path, message }) => `${path.join(".")}: ${message}`);
  const more = issues.length - told.length;
  return [...told, ...(more === 0 ? [] : [`${more} more`])].join("; ");
}

const notRun = (place: string, message: string, cause?: unknown, hint = OTHER_FOLDER): FleetError =>
  new FleetError("FILE_INVALID", "this is not what a run recorded", {
    problems: [{ place, message }],
    hint,
    cause,
  });
