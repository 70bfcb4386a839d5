import type { Problem } from "../base/errors.ts";
import { formatDuration } from "../base/units.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Phases that begin when the run is over; `--duration` may have made it shorter than the scenario has it. */
export function phaseProblems({
  phases,
  durationMs = Infinity,
}: Pick<Scenario, "phases" | "durationMs">): Problem[] {
  return phases.flatMap(({ name, atMs }, index) => {
    if (atMs < durationMs) return [];
    const end = formatDuration(durationMs);
    return [
      {
        place: `phases[${index}].at`,
        message: `expected a time before the end of the run, ${end}, got ${formatDuration(atMs)}`,
        hint: `let the run last longer, or "${name}" begin earlier`,
      },
    ];
  });
}
