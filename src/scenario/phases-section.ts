import { z } from "zod";
import { isJsonObject } from "../base/json.ts";
import { formatDuration, parseDuration } from "../base/units.ts";
import { durationField, nameField } from "./fields.ts";

/** As many phases a scenario may have: every metric has a series for each, at each hub and model. */
const PHASES_MAX = 20;

const phase = z.strictObject({
  name: nameField.meta({ description: "Name of the phase, by which thresholds know it" }),
  at: durationField.meta({
    description: "Time after the first device starts; it lasts until the next phase",
  }),
});

/** Named spans of a run, in their order. */
export const phasesSection = z
  .array(phase)
  .max(PHASES_MAX, { error: `expected at most ${PHASES_MAX} phases` })
  .superRefine(tellDisorder, { when: () => true });

/** Names that stand twice and times that do not grow; of a list that may be wrong in every other way. */
function tellDisorder(phases: unknown, context: Pick<z.core.$RefinementCtx, "addIssue">): void {
  if (!Array.isArray(phases)) return;
  const written = phases.map((entry: unknown) => {
    const { name, at } = isJsonObject(entry) ? entry : {};
    return { name, atMs: typeof at === "string" ? parseDuration(at) : undefined };
  });
  for (const [index, { name, atMs }] of written.entries()) {
    const first = written.findIndex((other) => other.name === name);
    if (typeof name === "string" && first < index) {
      const message = `expected a name of its own, got "${name}", as phases[${first}] has it`;
      context.addIssue({ code: "custom", path: [index, "name"], message });
    }
    const before = written[index - 1];
    if (atMs === undefined || before?.atMs === undefined || atMs > before.atMs) continue;
    const begins = formatDuration(before.atMs);
    const message = `expected a time after ${begins}, when phases[${index - 1}] begins, got ${formatDuration(atMs)}`;
    context.addIssue({ code: "custom", path: [index, "at"], message });
  }
}
