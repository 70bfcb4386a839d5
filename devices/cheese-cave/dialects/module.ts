import type { JsonObject } from "../../../src/model/model.ts";
import { walkCave } from "../classic-walks.ts";
import type { CaveDialect, DialectContext, DialectKind } from "../dialect.ts";
import { numberText } from "../message.ts";
import { CHEESE_CAVE } from "../place.ts";
import { repairFan, setFan } from "./fan-method.ts";
import { commandedState, enumState } from "./fan-payload.ts";
import { ModuleTwin } from "./module-twin.ts";

/** The default: messages and method of the C# sample, and a twin that satisfies readers of every version. */
export const MODULE: DialectKind = {
  place: CHEESE_CAVE,
  walk: walkCave,
  style: { reading: numberText, contentType: "none" },
  create: createDialect,
};

function createDialect(context: DialectContext): CaveDialect {
  const twin = new ModuleTwin(context);
  const reported = (): JsonObject => twin.reported();
  // The physical cave is no sample: there no caller breaks the fan.
  const stateOf = context.settings.signal === "physical" ? commandedState : enumState;
  return {
    methods: {
      SetFanState: (payload) => setFan(context, stateOf(payload), { reported }),
      RepairFan: () => repairFan(context, reported),
    },
    get intervalS() {
      return twin.intervalS;
    },
    desired: (patch, desiredContext) => {
      twin.apply(patch, desiredContext);
      return twin.reported();
    },
    settled: () => twin.settled(),
    // The samples say so on their consoles alone.
    fanChanged: () => context.report(twin.reported()),
    snapshot: () => twin.snapshot(),
    restore: (saved) => twin.restore(saved),
  };
}
