import type { DivergenceEvent } from "../../output/divergence.ts";

/** A divergence of a part with all its times as the whole has them. @param shiftMs what the part began later */
export const divergenceInWhole = (event: DivergenceEvent, shiftMs: number): DivergenceEvent => ({
  ...event,
  t: event.t + shiftMs,
  history: event.history.map((look) => ({
    ...look,
    t: look.t + shiftMs,
    untilT: look.untilT + shiftMs,
  })),
});
