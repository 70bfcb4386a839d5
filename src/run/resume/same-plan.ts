import { FleetError } from "../../base/errors.ts";
import type { PreparedRun } from "../prepare.ts";
import type { PastRun } from "./past-run.ts";

/**
 * Sees to it that a run goes on with the plan that it began with.
 *
 * @throws {FleetError} `USAGE` where scenario, or a file that it names, is another one now
 */
export function checkSamePlan(
  { fingerprint }: Pick<PreparedRun, "fingerprint">,
  { plan, dir }: Pick<PastRun, "plan" | "dir">,
): void {
  if (fingerprint === plan.planFingerprint) return;
  const message = `expected the plan ${plan.planFingerprint}, got ${fingerprint}`;
  throw new FleetError("USAGE", "this run cannot be resumed", {
    problems: [{ place: dir, message }],
    hint: "the scenario, or a file that it names, has changed since: put it back, or run it anew",
  });
}
