import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { CsvError, parse } from "csv-parse/sync";
import { z } from "zod";

import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { printable } from "../../output/text-width.ts";

/** The columns that name a device, in the order in which they are looked for. */
const COLUMNS = ["deviceId", "registrationId"] as const;

/** Source: Microsoft Learn, "Understand the identity registry in your IoT hub", device identity properties. */
const DEVICE_ID = /^[A-Za-z0-9\-:.+%_#*?!(),=@;$']{1,128}$/;
const NOT_IN_DEVICE_ID = /[^A-Za-z0-9\-:.+%_#*?!(),=@;$']/u;

const records = z.array(
  z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }),
);

/**
 * The device ids in a text: one a line, where `#` begins a comment, or a CSV with a column `deviceId` or `registrationId`,
 * such as a run's `devices.csv`. Rows of a run's devices that were never assigned, whose `deviceId` is empty, go by their
 * `registrationId`. An id that comes again is taken once.
 *
 * @param source names the text in messages
 * @throws {FleetError} `FILE_INVALID` with every problem and its line
 */
export function parseDevicesFile(text: string, source: string): readonly string[] {
  const given = isTable(text) ? idsOfTable(text, source) : idsOfLines(text);
  const problems = given.flatMap(({ id, line }): Problem[] =>
    DEVICE_ID.test(id)
      ? []
      : [{ place: `${source}:${line}`, message: `expected a device id, got ${faultOf(id)}` }],
  );
  if (problems.length > 0)
    throw new FleetError("FILE_INVALID", `${source}: not every line names a device`, { problems });
  if (given.length === 0)
    throw new FleetError("FILE_INVALID", `${source}: expected device ids, got none`, {
      hint: "write one a line, or give a CSV with a column deviceId",
    });
  return [...new Set(given.map(({ id }) => id))];
}

interface GivenId {
  readonly id: string;
  readonly line: number;
}

/** What is wrong with it. The text itself is not shown: in a file given by mistake it may be a key. */
function faultOf(id: string): string {
  if (id === "") return "nothing";
  const [bad] = NOT_IN_DEVICE_ID.exec(id) ?? [];
  if (bad === undefined) return `${id.length} characters, more than 128`;
  return `a text with ${bad === " " ? "a blank" : JSON.stringify(printable(bad))}`;
}

/** A table says in its first line which column names the device. */
const isTable = (text: string): boolean =>
  (text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0] ?? "")
    .split(",")
    .some((name) => COLUMNS.some((column) => name.trim().replaceAll('"', "") === column));

function idsOfLines(text: string): readonly GivenId[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line, at) => ({ id: line.replace(/(?:^|\s)#.*$/, "").trim(), line: at + 1 }))
    .filter(({ id }) => id !== "");
}

function idsOfTable(text: string, source: string): readonly GivenId[] {
  const [head, ...rows] = recordsIn(text, source);
  const columns = COLUMNS.map((name) => head?.record.indexOf(name) ?? -1);
  return rows.map(({ record, info }) => ({
    id: columns.map((at) => record[at] ?? "").find((value) => value !== "") ?? "",
    line: info.lines,
  }));
}

/** @throws {FleetError} `FILE_INVALID` where the text is no CSV */
function recordsIn(text: string, source: string): z.output<typeof records> {
  try {
    return records.parse(
      parse(text, { bom: true, info: true, skip_empty_lines: true, trim: true }),
    );
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error;
    const place = `${source}:${typeof lines === "number" ? lines : 1}`;
    throw new FleetError("FILE_INVALID", `${source}: expected a CSV, got a broken one`, {
      // Its text may show a whole cell.
      problems: [
        { place, message: `expected rows of the same cells, well quoted (${error.code})` },
      ],
    });
  }
}

/**
 * Reads the file that `--devices-file` names.
 *
 * @throws {FleetError} `FILE_INVALID`
 */
export async function readDevicesFile(shown: string, cwd: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(resolve(cwd, shown), "utf8");
  } catch (cause) {
    throw new FleetError("FILE_INVALID", "the file of devices cannot be read", {
      problems: [{ place: shown, message: `expected a file, got: ${fileTrouble(cause)}` }],
      hint: "give --devices-file a list of ids, or a run's devices.csv",
      cause,
    });
  }
  return parseDevicesFile(text, shown);
}
