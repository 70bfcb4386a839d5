import type { Problem } from "../base/errors.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Two alerts of one name. */
export function alertProblems({ alerts }: Pick<Scenario, "alerts">): Problem[] {
  const names = alerts.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ place: `alerts[${index}].name`, message: `two alerts have the name "${name}"` }],
  );
}
