import { randomBytes } from "node:crypto";

import { FleetError } from "../base/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { MADE_GROUP_KEY } from "../plan/plan.ts";
import type { RunContext } from "./run-options.ts";

/** As DPS makes them. Source: Microsoft Learn, "Symmetric key attestation". */
const KEY_BYTES = 64;

const needsOne = ({ devices }: Pick<Plan, "devices">): boolean =>
  devices.some(
    ({ credentials }) =>
      credentials.format === "symmetricKey" &&
      "env" in credentials.key &&
      credentials.key.env === MADE_GROUP_KEY,
  );

/**
 * Makes the group key that a fleet leaves to the run. It lives in the environment of this run's workers, is shown nowhere
 * and written nowhere.
 */
export function withMadeKey<Context extends Pick<RunContext, "env">>(
  plan: Pick<Plan, "devices">,
  context: Context,
): Context {
  if (!needsOne(plan)) return context;
  const key = randomBytes(KEY_BYTES).toString("base64");
  return { ...context, env: { ...context.env, [MADE_GROUP_KEY]: key } };
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
