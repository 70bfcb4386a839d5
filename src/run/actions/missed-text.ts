import type { ControlOutcome } from "../control/fleet-control.ts";

/** A device that an action did not bring where it should be, as errors tell it. */
export const missedText = ({ registrationId, why }: ControlOutcome["missed"][number]): string =>
  `${registrationId}: ${why}`;
