import type { Problem } from "../base/errors.ts";
import { FAULT_DEVICES_MAX } from "../base/fault-fields.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { FaultyModel } from "./fault-problems.ts";
import type { PlannedAction } from "./planned-action.ts";
import type { SelectableDevice } from "./select-devices.ts";

/**
 * What actions ask of services that these cannot do, or that could be understood in two ways.
 *
 * @param modelOf the model of that name; undefined = its kinds of faults are not known
 */
export function serviceProblems(
  { target }: Pick<Scenario, "target">,
  actions: readonly PlannedAction[],
  fleet: readonly SelectableDevice[],
  modelOf: (model: string) => FaultyModel | undefined,
): Problem[] {
  const models = new Map(fleet.map(({ registrationId, model }) => [registrationId, model]));
  return actions.flatMap(({ action, index, selection: { ids } }): Problem[] => {
    if (action.kind !== "serviceFault") return [];
    const place = `timeline[${index}].fault`;
    const { kind } = action.fault;
    const problems: Problem[] = [];
    if (target === "azure") {
      problems.push({
        place,
        message: `expected a fault of devices against Azure, got ${kind}: only an emulator can have it`,
        hint: "run it with --target emulator, or take it out of the timeline",
      });
    }
    if (ids.length > FAULT_DEVICES_MAX) {
      problems.push({
        place: `${place}.devices`,
        message: `expected at most ${FAULT_DEVICES_MAX} devices, got ${ids.length}`,
        hint: "leave devices out: the fault is for all then",
      });
    }
    const named = new Set(ids.map((id) => models.get(id) ?? ""));
    const twofold = [...named].find((model) => Object.hasOwn(modelOf(model)?.faults ?? {}, kind));
    if (twofold !== undefined) {
      problems.push({
        place: `${place}.kind`,
        message: `${kind} is a fault of services and networks, and ${twofold} has one of this name`,
        hint: `call the model's another name; it can stay under faults of a fleet entry`,
      });
    }
    return problems;
  });
}
