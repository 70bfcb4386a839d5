import type { Problem } from "../base/errors.ts";
import { nearest } from "../base/nearest.ts";
import { parseThreshold } from "../metrics/thresholds.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Two alerts of one name, and thresholds over alerts that there are not. */
export function alertProblems({
  alerts,
  thresholds,
}: Pick<Scenario, "alerts" | "thresholds">): Problem[] {
  const names = alerts.map(({ name }) => name);
  const twice = names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ place: `alerts[${index}].name`, message: `two alerts have the name "${name}"` }],
  );
  const unknown = thresholds.flatMap((expression) => {
    const parsed = parseThreshold(expression);
    const name = "threshold" in parsed ? parsed.threshold.labels["alert"] : undefined;
    if (name === undefined || names.includes(name)) return [];
    const near = nearest(name, names);
    const mend =
      near === undefined
        ? `it has ${[...new Set(names)].join(", ") || "none"}`
        : `did you mean ${near}?`;
    const place = `threshold "${expression}"`;
    return [{ place, message: `there is no alert "${name}" in this scenario`, hint: mend }];
  });
  return [...twice, ...unknown];
}
