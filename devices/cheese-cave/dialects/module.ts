import type { Json, JsonObject } from "../../../src/model/model.ts";
import { walkCave } from "../classic-signal.ts";
import type { Dialect, DialectContext, DialectKind } from "../dialect.ts";
import { numberText } from "../message.ts";
import { CHEESE_CAVE } from "../place.ts";
import { setFanState } from "./module-method.ts";
import { applyDesired, newTwinState, readTwinState, reportedOf } from "./module-twin.ts";

/** The default: messages and method of the C# sample, and a twin that satisfies readers of every version. */
export const MODULE: DialectKind = {
  place: CHEESE_CAVE,
  walk: walkCave,
  style: { reading: numberText, contentType: "none" },
  create: createDialect,
};

function createDialect({ cave, place }: DialectContext): Dialect {
  const twin = newTwinState();
  const report = (): JsonObject => reportedOf(cave, twin);
  return {
    methods: { SetFanState: (payload: Json) => setFanState(cave, payload, report) },
    get intervalS() {
      return twin.telemetryInterval ?? twin.telemetryDelay ?? undefined;
    },
    desired: (patch, context) => {
      applyDesired({ cave, place, twin }, patch, context);
      return report();
    },
    snapshot: () => ({ ...twin }),
    restore: (saved) => void Object.assign(twin, readTwinState(saved)),
  };
}
