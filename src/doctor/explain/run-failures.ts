import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { parse } from "csv-parse/sync";
import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import type { SeenFailure } from "./device-facts.ts";

/** The columns of `devices.csv` that are read; the others are left alone. */
const row = z.object({
  registrationId: z.string().min(1),
  hub: z.string(),
  errorClass: z.string(),
  error: z.string(),
});

/** Classes of failures that have to do with who a device is. */
const REFUSALS = ["unauthorized", "disabled", "notFound"];

/**
 * The devices that a run saw refused, by registration id, in the order of its `devices.csv`.
 *
 * @param dir the run's folder, as the user wrote it
 * @throws {FleetError} `FILE_INVALID` where it is none
 */
export async function readRunFailures(
  dir: string,
  cwd: string,
): Promise<ReadonlyMap<string, SeenFailure>> {
  const file = join(dir, "devices.csv");
  let text: string;
  try {
    text = await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    throw unfit(file, `expected the results of a run, got: ${fileTrouble(error)}`, error);
  }
  return parseRunFailures(text, file);
}

/** Reads the text of a `devices.csv`. @throws {FleetError} `FILE_INVALID` */
export function parseRunFailures(text: string, file: string): ReadonlyMap<string, SeenFailure> {
  let raw: unknown;
  try {
    raw = parse(text, { columns: true, bom: true });
  } catch (error) {
    throw unfit(file, "expected a table, got something else", error);
  }
  const rows = z.array(row).safeParse(raw);
  if (!rows.success) {
    const missing = Object.keys(row.shape).join(", ");
    throw unfit(file, `expected the columns ${missing}, got others`, rows.error);
  }
  return new Map(
    rows.data
      .filter(({ errorClass }) => REFUSALS.includes(errorClass))
      .map(({ registrationId, hub, errorClass, error }) => [
        registrationId,
        { errorClass, error, at: hub === "" ? "dps" : "hub" },
      ]),
  );
}

function unfit(file: string, message: string, cause: unknown): FleetError {
  const hint = "give the folder that a run wrote, such as runs/…";
  return new FleetError("FILE_INVALID", `${file}: ${message}`, {
    hint,
    cause,
    problems: [{ place: file, message, hint }],
  });
}
