import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

import { errorCode } from "../base/error-code.ts";
import { FleetError, messageOf } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { ControlClient } from "./control-client.ts";
import { readControlFile } from "./control-file.ts";

/** Where runs go that nobody gave a folder. */
const RUNS = "runs";

/** A run that is going on, and the connection to it. */
export interface FoundRun {
  /** As the user would write it. */
  readonly shown: string;
  readonly client: ControlClient;
}

/**
 * Connects to the run in a folder, or to the one that is going on under `runs/`.
 *
 * @param run folder as the user wrote it; undefined = look for it
 * @throws {FleetError} `UNREACHABLE` where none goes on; `USAGE` where several do, listing them; `FILE_INVALID` where the
 *   folder is none of a run
 */
export async function findRun(run: string | undefined, cwd: string): Promise<FoundRun> {
  return run === undefined ? onlyRun(cwd) : namedRun(run, cwd);
}

async function namedRun(shown: string, cwd: string): Promise<FoundRun> {
  const dir = resolve(cwd, shown);
  await requireFolder(dir, shown);
  const found = await connect(dir, shown);
  switch (found) {
    case "silent":
      throw new FleetError("UNREACHABLE", `nobody steers the run in ${shown}: it is over`, {
        hint: "or it was started with --no-control; what it told is in its folder",
      });
    case "killed":
      throw new FleetError("UNREACHABLE", `the run in ${shown} was killed: nobody listens there`, {
        hint: `what it recorded by then: dps-fleet report ${shown}`,
      });
    default:
      return found;
  }
}

async function onlyRun(cwd: string): Promise<FoundRun> {
  const found: FoundRun[] = [];
  const killed: string[] = [];
  for (const name of await foldersIn(join(cwd, RUNS))) {
    const shown = join(RUNS, name);
    const run = await connect(join(cwd, shown), shown);
    if (run === "killed") killed.push(shown);
    else if (run !== "silent") found.push(run);
  }
  const [first, ...others] = found;
  if (first === undefined) {
    const dead = killed.length === 0 ? "" : `; ${killed.join(", ")} was killed`;
    throw new FleetError("UNREACHABLE", `no run is going on under ${RUNS}/${dead}`, {
      hint: "start one with dps-fleet run, or name the folder of one with --run DIR",
    });
  }
  if (others.length === 0) return first;
  for (const { client } of found) client.close();
  throw new FleetError("USAGE", `${found.length} runs are going on`, {
    problems: found.map(({ shown }) => ({ place: shown, message: "a run that is going on" })),
    hint: "name one of them with --run DIR",
  });
}

async function connect(dir: string, shown: string): Promise<FoundRun | "silent" | "killed"> {
  const file = await readControlFile(dir, shown);
  if (file === undefined) return "silent";
  try {
    const client = await ControlClient.connect(file.socket);
    return client === undefined ? "killed" : { shown, client };
  } catch (cause) {
    throw new FleetError("UNREACHABLE", `the run in ${shown} cannot be asked`, {
      problems: [{ place: file.socket, message: messageOf(cause) }],
      hint: "only the user who started a run can steer it",
      cause,
    });
  }
}

async function requireFolder(dir: string, shown: string): Promise<void> {
  try {
    if ((await stat(dir)).isDirectory()) return;
  } catch (cause) {
    throw noFolder(shown, fileTrouble(cause), cause);
  }
  throw noFolder(shown, "something else");
}

const noFolder = (shown: string, got: string, cause?: unknown): FleetError =>
  new FleetError("FILE_INVALID", `${shown} is no folder of a run`, {
    problems: [{ place: "--run", message: `expected the folder of a run, got: ${got}` }],
    hint: "give the folder that the run named, such as one under runs/",
    cause,
  });

async function foldersIn(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).toSorted();
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
