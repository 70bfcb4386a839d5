import { DEVICE_FAULT_NAMES, isDeviceFaultName } from "../base/device-fault-kinds.ts";
import type { Problem } from "../base/errors.ts";
import { isFaultName } from "../base/fault-kinds.ts";
import type { FaultSpec } from "../base/fault-spec.ts";
import type { JsonObject } from "../base/json.ts";
import { nearest } from "../base/nearest.ts";
import { describeThrown } from "../base/thrown-at.ts";

/** A device model and the kinds of faults that it has, by name; as in the models' contract. */
export interface FaultyModel {
  /** For messages. */
  readonly name: string;
  readonly faults?:
    Readonly<Record<string, { check(parameters: JsonObject): readonly string[] }>> | undefined;
}

/** A fault that devices of a model are to have. */
export interface WantedFault {
  /** Where the scenario says so. */
  readonly place: string;
  readonly spec: FaultSpec;
  /** Their model, as their entry names it. */
  readonly model: string;
}

/**
 * Kinds that neither the fleet nor the model has, and parameters that the model refuses. The fleet's own kinds were judged
 * with the scenario.
 *
 * @param modelOf the model of that name; undefined = its kinds are not judged
 */
export function faultProblems(
  wanted: readonly WantedFault[],
  modelOf: (model: string) => FaultyModel | undefined,
): Problem[] {
  return wanted.flatMap(({ place, spec: { kind, parameters }, model }) => {
    const has = isDeviceFaultName(kind) ? undefined : modelOf(model);
    if (has === undefined) return [];
    const { name, faults = {} } = has;
    const known = Object.hasOwn(faults, kind) ? faults[kind] : undefined;
    if (known === undefined) return [unknownKind(place, kind, name, Object.keys(faults))];
    try {
      return known.check(parameters).map((message) => ({ place, message }));
    } catch (error) {
      const message = `faults.${kind}.check of ${name} threw ${describeThrown(error)}`;
      return [{ place, message }];
    }
  });
}

function unknownKind(
  place: string,
  kind: string,
  model: string,
  ofModel: readonly string[],
): Problem {
  const message = `a ${model} has no fault "${kind}"`;
  if (isFaultName(kind)) {
    const hint = `${kind} is a fault of services and networks: put it into the timeline (docs/faults.md)`;
    return { place: `${place}.kind`, message, hint };
  }
  const near = nearest(kind, [...ofModel, ...DEVICE_FAULT_NAMES]);
  const its = ofModel.length === 0 ? "has none of its own" : `has ${ofModel.join(", ")}`;
  const hint =
    (near === undefined ? "" : `did you mean ${near}? `) +
    `${model} ${its}; every device has ${DEVICE_FAULT_NAMES.join(", ")}`;
  return { place: `${place}.kind`, message, hint };
}
