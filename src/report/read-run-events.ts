import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import type { RunEvent } from "../output/output.ts";
import { parseRunEvent } from "./run-event-schema.ts";

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
  let cut: { readonly number: number; readonly error: unknown } | undefined;
  const lines = createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity });
  try {
    for await (const line of lines) {
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
      const event = eventIn(value, `${shown}:${number}`);
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

function eventIn(value: unknown, place: string): RunEvent {
  try {
    return parseRunEvent(value);
  } catch (error) {
    throw notEvent(place, "an event of a run of this version", error);
  }
}

function notEvent(place: string, expected: string, found: unknown): FleetError {
  const got =
    found instanceof z.ZodError
      ? found.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")
      : found instanceof Error
        ? found.message
        : String(found);
  return notRun(place, `expected ${expected}; ${got}`, found);
}

const notRun = (place: string, message: string, cause?: unknown): FleetError =>
  new FleetError("FILE_INVALID", "this is not what a run recorded", {
    problems: [{ place, message }],
    hint: "give the folder that the run named at its end, such as one under runs/; the first line of its run.ndjson says which version wrote it",
    cause,
  });
