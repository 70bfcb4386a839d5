import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import { unitsProblem } from "../../base/hub-tiers.ts";
import type { TierOptions } from "./tier-options.ts";

/** What of a tier's options does not fit together, each with the option that is to change. */
export function tierProblems({
  tier = "none",
  units,
  tierLimits,
}: Pick<TierOptions, "tier" | "units" | "tierLimits">): Problem[] {
  const wrongUnits = unitsProblem(tier, units);
  return [
    ...(wrongUnits === undefined ? [] : [{ place: "units", message: wrongUnits }]),
    ...(tier === "none" && tierLimits !== undefined
      ? [{ place: "tierLimits", message: "expected a tier such as S1 with them, got tier none" }]
      : []),
  ];
}

/** @throws {FleetError} `USAGE` where a tier's options do not fit together */
export function requireTier(options: TierOptions): void {
  const problems = tierProblems(options);
  if (problems.length > 0)
    throw new FleetError("USAGE", "the tier does not fit", {
      hint: "tiers are F1, B1, B2, B3, S1, S2, S3; see docs/emulator.md",
      problems,
    });
}
