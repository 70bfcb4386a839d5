import { FleetError } from "../../base/errors.ts";
import { describeIssue, problemsOf } from "../../base/issue-problems.ts";
import { formatPath } from "../../base/format-path.ts";
import { ServiceFault } from "../fault.ts";
import type { TierChange } from "./tier-change.ts";
import { tierChangeSchema } from "./tier-change.ts";
import type { Throttling, ThrottlingState } from "./throttling.ts";

/** Tiers and limits of a running emulator, for the program that started it. */
export interface ThrottlingControl {
  /** What holds now, and how much of it is used. */
  state(): ThrottlingState;
  /**
   * Changes the tier of all hubs or of one, and the limit of DPS; what waits is timed anew.
   *
   *     emulator.throttling.set({ tier: "S1", units: 2, dpsRegistrationsPerMinute: 500 });
   *
   * @returns what holds then
   * @throws {FleetError} `USAGE` with every problem; nothing is changed then
   */
  set(change: TierChange): ThrottlingState;
}

export function throttlingControl(throttling: Throttling): ThrottlingControl {
  return {
    state: () => throttling.state,
    set: (change) => {
      const parsed = tierChangeSchema.safeParse(change, { error: describeIssue });
      if (!parsed.success) {
        const read = { value: change, placeOf: formatPath };
        const problems = problemsOf(parsed.error.issues, tierChangeSchema, read);
        const told = problems.map(({ place, message }) => `${place || "change"}: ${message}`);
        throw new FleetError("USAGE", told.join("; "), { problems });
      }
      try {
        throttling.set(parsed.data);
      } catch (error) {
        if (!(error instanceof ServiceFault)) throw error;
        const problems = [{ place: "hub", message: error.message }];
        throw new FleetError("USAGE", error.message, { problems });
      }
      return throttling.state;
    },
  };
}
