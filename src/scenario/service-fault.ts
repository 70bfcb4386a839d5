import type { FaultName } from "../base/fault-kinds.ts";
import type { FaultOrder } from "../base/fault-order.ts";
import { FaultReader } from "../base/fault-order.ts";
import type { Problem } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { DeviceSelection } from "./devices-field.ts";

/** A fault of a service or of the network, as a scenario has it. */
export type ServiceFault = Pick<FaultOrder, "kind" | "parameters" | "seed"> & {
  /** `dps`, or a hub's host name in lower case; undefined = all that have the kind. */
  readonly service?: string | undefined;
  readonly operations?: FaultOrder["scope"]["operations"];
  /** It ends after so many strikes. */
  readonly times?: number | undefined;
};

/** Something that services or the network do wrong: the run puts it on its emulator, and takes it away. */
export interface ServiceFaultAction {
  readonly kind: "serviceFault";
  /** Absent = all of them. */
  readonly devices?: DeviceSelection;
  readonly fault: ServiceFault;
  /** How long it is on, ms > 0; undefined = to its last strike, or else to the end of the run. */
  readonly forMs?: number | undefined;
}

/** Faults that an earlier entry put on services end. */
export interface EndFaultAction {
  readonly kind: "endFault";
  /** Of that entry. */
  readonly name: string;
}

let reader: FaultReader | undefined;

/**
 * Reads the members that say what fails, by the rules of the emulator that will have the fault.
 *
 * @param members without `kind`, `devices` and `for` @param byDevices whether devices are named beside them
 */
export function readServiceFault(
  kind: FaultName,
  { service, operations, times, seed, ...parameters }: JsonObject,
  byDevices: boolean,
):
  | { readonly ok: true; readonly fault: ServiceFault }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  // Most scenarios have no such fault.
  reader ??= new FaultReader({});
  const scope = {
    ...(service === undefined ? {} : { service }),
    ...(operations === undefined ? {} : { operations }),
    ...(byDevices ? { devices: ["*"] } : {}),
  };
  const read = reader.read({
    kind,
    parameters,
    scope,
    ...(times === undefined ? {} : { times }),
    ...(seed === undefined ? {} : { seed }),
  });
  if (!read.ok) {
    return {
      ok: false,
      problems: read.problems.map(({ place, ...problem }) => ({
        ...problem,
        place: place.replace(/^(?:scope|parameters)\./, ""),
      })),
    };
  }
  const { order } = read;
  return {
    ok: true,
    fault: {
      kind,
      parameters: order.parameters,
      seed: order.seed,
      service: order.scope.service,
      operations: order.scope.operations,
      times: order.times,
    },
  };
}
