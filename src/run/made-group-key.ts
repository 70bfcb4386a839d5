import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { errorCode } from "../base/error-code.ts";
import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import { cannotWrite } from "../output/write-file.ts";
import type { Plan } from "../plan/plan.ts";
import { MADE_GROUP_KEY } from "../plan/plan.ts";
import type { RunContext } from "./run-options.ts";

/** As DPS makes them. Source: Microsoft Learn, "Symmetric key attestation". */
const KEY_BYTES = 64;

/** In the run's folder. */
export const GROUP_KEY_FILE = "emulator-group.key";

const needsOne = ({ devices }: Pick<Plan, "devices">): boolean =>
  devices.some(
    ({ credentials }) =>
      credentials.format === "symmetricKey" &&
      "env" in credentials.key &&
      credentials.key.env === MADE_GROUP_KEY,
  );

/**
 * Makes the group key that a fleet leaves to the run, or takes that which a run made that goes on. It lives in the
 * environment of the run's workers, and in a file for its owner alone beside what the run's emulator keeps, as long as
 * that is there; it is shown nowhere.
 *
 * @param resumeDir folder of a run that goes on; undefined = a run begins
 */
export async function withMadeKey<Context extends Pick<RunContext, "env">>(
  plan: Pick<Plan, "devices">,
  context: Context,
  resumeDir?: string,
): Promise<Context> {
  if (!needsOne(plan)) return context;
  const kept = resumeDir === undefined ? undefined : await keptKey(join(resumeDir, GROUP_KEY_FILE));
  const key = kept ?? randomBytes(KEY_BYTES).toString("base64");
  return { ...context, env: { ...context.env, [MADE_GROUP_KEY]: key } };
}

/** Writes a key that the run has made into the run's folder, for its owner alone. @throws {FleetError} `USAGE` */
export async function keepMadeKey(dir: string, { env }: Pick<RunContext, "env">): Promise<void> {
  const key = env[MADE_GROUP_KEY];
  const file = join(dir, GROUP_KEY_FILE);
  if (key === undefined) return;
  try {
    await writeFile(file, key, { mode: 0o600 });
  } catch (error) {
    throw cannotWrite(file, "a file for the group's key", error);
  }
}

/** @returns undefined where none was made: the run had come no further */
async function keptKey(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new FleetError("FILE_INVALID", "the group key that this run had made cannot be read", {
      problems: [{ place: file, message: `expected a key, got: ${fileTrouble(error)}` }],
      cause: error,
    });
  }
}

/**
 * A key can be made for nobody but an emulator that the run starts.
 *
 * @throws {FleetError} `SCENARIO_INVALID`
 */
export function checkKeyGiven(plan: Plan, ownEmulator: boolean): void {
  if (ownEmulator || !needsOne(plan)) return;
  const message =
    "expected the enrollment group's key as { env: NAME } or { file: PATH }, got nothing";
  const hint =
    "portal: DPS, Manage enrollments, the group, Primary key; only a run that starts its own emulator can do without";
  throw new FleetError("SCENARIO_INVALID", `${plan.scenario} cannot be run as it is`, {
    problems: [{ place: "fleet credentials.key", message, hint }],
  });
}
