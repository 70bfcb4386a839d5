import type { Json, JsonObject, MethodResult } from "../../../src/model/model.ts";
import type { Dialect } from "../../shared/dialect.ts";
import type { DialectContext, DialectKind } from "../dialect.ts";
import { numberText } from "../message.ts";
import {
  applyDesired,
  faultsReported,
  newTwinState,
  readTwinState,
  reportedOf,
  settledOf,
} from "./module-twin.ts";
import { LEARN_CSHARP } from "./samples.ts";
import { commandedSpeed } from "./speed-command.ts";

/** The default: messages of the C# sample in plain JSON numbers, and a twin and methods that the samples lack. */
export const MODULE: DialectKind = {
  ...LEARN_CSHARP,
  style: { ...LEARN_CSHARP.style, telemetry: numberText, log: numberText },
  create: createDialect,
};

function createDialect(context: DialectContext): Dialect {
  const { belt } = context;
  const twin = newTwinState();
  const reported = (): JsonObject => reportedOf(belt, twin, context.naturalFrequencyHz);

  const setSpeed = (payload: Json): MethodResult => {
    const speed = commandedSpeed(payload);
    if (speed === undefined) return { status: 400, payload: { result: "Invalid parameter" } };
    belt.desiredSpeed = speed;
    twin.speedByMethod = true;
    return { status: 200, payload: { result: `Speed set: ${speed}` }, reported: reported() };
  };

  return {
    methods: {
      SetSpeed: setSpeed,
      ClearFaults: () => {
        context.clearFaults();
        return { status: 200, payload: { result: "Faults cleared" }, reported: reported() };
      },
    },
    get intervalS() {
      return twin.telemetryInterval ?? twin.telemetryDelay ?? undefined;
    },
    desired: (patch, desiredContext) => {
      applyDesired(belt, twin, patch, desiredContext, (event) => context.tell(event));
      return reported();
    },
    settled: () => settledOf(belt, twin),
    stepped: () => {
      const isNews = belt.forced !== twin.forced || belt.increasing !== twin.increasing;
      if (isNews) context.report(faultsReported(belt, twin));
    },
    snapshot: () => ({ ...twin }),
    restore: (saved) => void Object.assign(twin, readTwinState(saved)),
  };
}
