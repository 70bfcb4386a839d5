import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";

/** What a run's folder holds while the run can be steered; for its owner alone. */
const controlFile = z.object({
  /** Of requests and answers. */
  protocol: z.literal(1),
  pid: z.int().positive(),
  runId: z.string(),
  /** Path of a Unix domain socket, or the name of a pipe of Windows. */
  socket: z.string().min(1),
});
export type ControlFile = z.output<typeof controlFile>;

export const CONTROL_FILE = "control.json";

export const formatControlFile = (file: ControlFile): string => `${JSON.stringify(file)}\n`;

/**
 * What the folder of a run says of how to reach the run.
 *
 * @param dir absolute; `shown` as the user wrote it
 * @returns undefined where it says nothing: the run is over, or cannot be steered
 * @throws {FleetError} `FILE_INVALID` where it holds something else
 */
export async function readControlFile(
  dir: string,
  shown: string,
): Promise<ControlFile | undefined> {
  const place = join(shown, CONTROL_FILE);
  let text: string;
  try {
    text = await readFile(join(dir, CONTROL_FILE), "utf8");
  } catch (cause) {
    const code = errorCode(cause);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw foreign(place, `expected a file that can be read, got: ${fileTrouble(cause)}`, cause);
  }
  try {
    return controlFile.parse(JSON.parse(text));
  } catch (cause) {
    throw foreign(place, "expected what a run of this version writes, got something else", cause);
  }
}

const foreign = (place: string, message: string, cause: unknown): FleetError =>
  new FleetError("FILE_INVALID", "this run cannot be steered", {
    problems: [{ place, message }],
    hint: "use the version of dps-fleet that the run has",
    cause,
  });
