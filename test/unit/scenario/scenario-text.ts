import type { Problem } from "../../../src/base/errors.ts";
import { FleetError } from "../../../src/base/errors.ts";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { parseScenario } from "../../../src/scenario/scenario.ts";

/** The least that a scenario must say. */
export const SMALLEST = `name: small
provisioning: { group: caves }
fleet:
  - { model: cheese-cave, count: 2, registrationId: "cave-{n}" }
`;

export function smallest(): Scenario {
  return parseScenario(SMALLEST, "small.yaml");
}

/** The problems of a text that is not a scenario. */
export function problemsIn(text: string): readonly Problem[] {
  try {
    parseScenario(text, "x.yaml");
  } catch (error) {
    if (error instanceof FleetError && error.code === "SCENARIO_INVALID") return error.problems;
    throw error;
  }
  return [];
}
