import { z } from "zod";

import { errorCode } from "../../base/error-code.ts";
import { FleetError, messageOf } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { readLines } from "../../base/read-lines.ts";
import type { JournalLine } from "./journal-line.ts";
import { parseJournalLine } from "./journal-line.ts";
import { JournalState } from "./journal-state.ts";

/** The name of a run's journal in its folder. */
export const JOURNAL = "journal.ndjson";

/**
 * Reads a journal. Its last line may be cut, and is left out then.
 *
 * @param file absolute
 * @param shown its path as the user wrote it
 * @returns undefined where there is none
 * @throws {FleetError} `FILE_INVALID` with the line, where it holds something else
 */
export async function readJournal(file: string, shown: string): Promise<JournalState | undefined> {
  const state = new JournalState();
  let number = 0;
  let cut: { readonly number: number; readonly error: unknown } | undefined;
  try {
    for await (const text of readLines(file)) {
      number += 1;
      // Only what nothing follows is cut.
      if (cut !== undefined) throw damaged(`${shown}:${cut.number}`, cut.error);
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (error) {
        cut = { number, error };
        continue;
      }
      state.apply(lineIn(value, `${shown}:${number}`));
      if (state.run === undefined)
        throw damaged(`${shown}:1`, new Error("it does not begin with how the run was asked for"));
    }
  } catch (error) {
    if (error instanceof FleetError) throw error;
    if (errorCode(error) === "ENOENT") return undefined;
    throw damaged(shown, new Error(fileTrouble(error)));
  }
  if (state.run === undefined || state.life === undefined) {
    throw damaged(shown, new Error("it ends before the run began"));
  }
  return state;
}

function lineIn(value: unknown, place: string): JournalLine {
  try {
    return parseJournalLine(value);
  } catch (error) {
    throw damaged(place, error);
  }
}

function damaged(place: string, error: unknown): FleetError {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  const got = issue === undefined ? messageOf(error) : `${issue.path.join(".")}: ${issue.message}`;
  return new FleetError("FILE_INVALID", "the journal of this run is damaged", {
    problems: [{ place, message: `expected a line of a run's journal; ${got}` }],
    hint: "this run cannot be resumed; report DIR shows what it has recorded",
    cause: error,
  });
}
