import type { Problem } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { pointed } from "../metrics/cursor.ts";
import { parseThreshold } from "../metrics/thresholds.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Labels whose values a scenario knows before it runs; of a model that could not be loaded nothing is known. */
type Known = Readonly<
  Partial<Record<"alert" | "phase" | "model" | "kind" | "action", readonly string[]>>
>;

type Named = Pick<Scenario, "alerts" | "phases" | "fleet" | "timeline" | "oracle">;

/** Thresholds over alerts, phases, models, twin actions and kinds of faults that the scenario does not have. */
export function thresholdProblems(
  { thresholds, ...scenario }: Named & Pick<Scenario, "thresholds">,
  modelOf: (model: string) => { readonly name: string } | undefined,
): Problem[] {
  const known = knownOf(scenario, modelOf);
  return thresholds.flatMap(({ expression, place }) => {
    const parsed = parseThreshold(expression);
    // The scenario's schema has parsed each of them before.
    if (!("threshold" in parsed)) return [];
    const { labels, labelsAt, expression: text, metric } = parsed.threshold;
    if (metric === "twin_divergences" && scenario.oracle === undefined) {
      const message = pointed("nothing looks for divergences in this scenario", text, 0);
      return [{ place, message, hint: "give it an oracle: section" }];
    }
    return Object.entries(known).flatMap(([label, names]): Problem[] => {
      const name = labels[label];
      if (name === undefined || names.includes(name)) return [];
      const what = label === "kind" ? "fault" : label;
      const message = `there is no ${what} "${name}" in this scenario`;
      const at = labelsAt[label] ?? 0;
      return [{ place, message: pointed(message, text, at), hint: mendOf(name, names) }];
    });
  });
}

function knownOf(
  { alerts, phases, fleet, timeline }: Named,
  modelOf: (model: string) => { readonly name: string } | undefined,
): Known {
  const models = fleet.map(({ model }) => modelOf(model)?.name);
  const loaded = models.filter((name) => name !== undefined);
  const faults = [
    ...fleet.flatMap((entry) => entry.faults),
    ...timeline.flatMap(({ action }) => (action.kind === "fault" ? [action.spec] : [])),
  ];
  return {
    kind: [...new Set(faults.map(({ kind }) => kind))],
    alert: [...new Set(alerts.map(({ name }) => name))],
    phase: phases.map(({ name }) => name),
    action: timeline.flatMap(({ action, name }, index) =>
      action.kind === "twin" ? [name ?? String(index)] : [],
    ),
    ...(loaded.length === models.length ? { model: [...new Set(loaded)] } : {}),
  };
}

function mendOf(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined ? `it has ${names.join(", ") || "none"}` : `did you mean ${near}?`;
}
