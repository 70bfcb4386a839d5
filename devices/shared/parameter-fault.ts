import type { JsonObject, ModelFault } from "../../src/model/model.ts";
import type { SettingRules } from "./settings.ts";
import { settingsProblems } from "./settings.ts";

/**
 * A kind of fault whose parameters are judged by rules, as settings are.
 *
 * @param required parameters that have no default
 */
export function parameterFault({
  does,
  rules = {},
  required = [],
}: {
  readonly does: string;
  readonly rules?: SettingRules;
  readonly required?: readonly string[];
}): ModelFault {
  return {
    does,
    check: (parameters) => {
      // What is missing is judged as null, so that it is told in the same words as what is wrong.
      const missing = required.filter((name) => parameters[name] === undefined);
      const judged: JsonObject = {
        ...parameters,
        ...Object.fromEntries(missing.map((name) => [name, null])),
      };
      return settingsProblems(rules, judged, "parameter");
    },
  };
}
