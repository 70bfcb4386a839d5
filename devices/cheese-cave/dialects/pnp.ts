import type { JsonObject } from "../../../src/model/model.ts";
import { walkCave } from "../classic-walks.ts";
import type { CaveDialect, DialectContext, DialectKind } from "../dialect.ts";
import { numberText } from "../message.ts";
import { CHEESE_CAVE } from "../place.ts";
import { repairFan, setFan } from "./fan-method.ts";
import { commandedState } from "./fan-payload.ts";
import { PnpTwin } from "./pnp-twin.ts";

/** IoT Plug and Play: the interface of `cheese-cave.v2.json` and `cheese-cave.v3.json`, which are one in both versions of DTDL. */
export const PNP: DialectKind = {
  place: CHEESE_CAVE,
  walk: walkCave,
  style: { reading: numberText, contentType: "json" },
  create: createDialect,
};

const MODEL_ID = "dtmi:com:example:iotfarm:CheeseCave;1";

function createDialect(context: DialectContext): CaveDialect {
  const twin = new PnpTwin(context);
  const reported = (): JsonObject => twin.reportedFan();
  return {
    modelId: MODEL_ID,
    methods: {
      SetFanState: (payload) => setFan(context, commandedState(payload), { reported }),
      RepairFan: () => repairFan(context, reported),
    },
    get intervalS() {
      return twin.intervalS;
    },
    desired: (patch, desiredContext) => twin.apply(patch, desiredContext),
    settled: () => twin.settled(),
    fanChanged: () => context.report(reported()),
    stepped: (intervalS) => twin.stepped(intervalS),
    snapshot: () => twin.snapshot(),
    restore: (saved) => twin.restore(saved),
  };
}
