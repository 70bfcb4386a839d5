import { FleetError } from "../../src/base/errors.ts";

/** The FleetError that an attempt ends with. Throws where it succeeds, or fails in another way. */
export async function refusal(attempt: Promise<unknown>): Promise<FleetError> {
  const outcome: unknown = await attempt.then(
    () => new Error("expected a FleetError, the attempt succeeded"),
    (reason: unknown) => reason,
  );
  if (outcome instanceof FleetError) return outcome;
  throw outcome;
}
