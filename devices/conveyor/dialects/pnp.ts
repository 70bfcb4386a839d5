import type { JsonObject } from "../../../src/model/model.ts";
import { PnpInterval } from "../../shared/pnp-interval.ts";
import { CSHARP_PROGRAM } from "../classic-program.ts";
import type { Dialect } from "../../shared/dialect.ts";
import type { DialectContext, DialectKind } from "../dialect.ts";
import { vibrationMembers } from "../features.ts";
import { numberText, telemetryThenLog } from "../message.ts";
import { FIRMWARE_VERSION } from "./module-twin.ts";
import { PnpSpeed } from "./pnp-speed.ts";
import { PnpStopAlert } from "./pnp-stop-alert.ts";
import { commandedSpeed } from "./speed-command.ts";

/**
 * IoT Plug and Play: the interface of `conveyor.v2.json` and `conveyor.v3.json`, which are one in both versions of DTDL.
 * The messages are those of the modules, so that their routes and queries take such a belt too; all members are telemetry
 * of the interface.
 */
export const PNP: DialectKind = {
  program: CSHARP_PROGRAM,
  style: {
    telemetry: numberText,
    log: numberText,
    features: vibrationMembers,
    contentType: "json",
    telemetrySensorID: "VSTel",
    logSensorID: "VSLog",
  },
  write: telemetryThenLog,
  create: createDialect,
};

const MODEL_ID = "dtmi:com:example:iotfarm:ConveyorBelt;1";

function createDialect(context: DialectContext): Dialect {
  const { belt } = context;
  const speed = new PnpSpeed(belt);
  const stopAlert = new PnpStopAlert(belt);
  const interval = new PnpInterval();
  /** What was reported last of the faults; the hub knows of none at first. */
  const told = { forced: false, increasing: false };

  const faults = (): JsonObject => {
    told.forced = belt.forced;
    told.increasing = belt.increasing;
    return { faults: { ...told } };
  };
  const self = (): JsonObject => ({
    naturalFrequency: context.naturalFrequencyHz,
    firmwareVersion: FIRMWARE_VERSION,
    ...faults(),
  });

  return {
    modelId: MODEL_ID,
    methods: {
      SetSpeed: (payload) => {
        const wanted = commandedSpeed(payload);
        if (wanted === undefined) return { status: 400, payload: { result: "Invalid parameter" } };
        const reported = speed.command(wanted);
        return { status: 200, payload: { result: `Speed set: ${wanted}` }, reported };
      },
      ClearFaults: () => {
        context.clearFaults();
        return { status: 200, reported: faults() };
      },
    },
    get intervalS() {
      return interval.wantedS;
    },
    desired: (patch, desiredContext) => {
      const reported: JsonObject = {
        ...(desiredContext.initial ? self() : {}),
        ...speed.apply(patch, desiredContext),
        ...stopAlert.apply(patch, desiredContext),
        ...interval.apply(patch, desiredContext),
      };
      return Object.keys(reported).length === 0 ? undefined : reported;
    },
    settled: () => ({
      desiredSpeed: belt.desiredSpeed,
      stopAlertAfter: belt.stopAlertAfterS,
      telemetryInterval: interval.wantedS ?? null,
    }),
    stepped: (intervalS) => {
      const isNews = belt.forced !== told.forced || belt.increasing !== told.increasing;
      const planned = interval.wantedS === undefined ? intervalS : undefined;
      const news: JsonObject = {
        ...(isNews ? faults() : {}),
        ...speed.stepped(),
        ...interval.stepped(planned),
      };
      if (Object.keys(news).length > 0) context.report(news);
    },
    snapshot: () => ({
      speed: speed.snapshot(),
      stopAlert: stopAlert.snapshot(),
      interval: interval.snapshot(),
      told: { ...told },
    }),
    restore: (saved) => {
      speed.restore(saved.part("speed"));
      stopAlert.restore(saved.part("stopAlert"));
      interval.restore(saved.part("interval"));
      const savedTold = saved.part("told");
      told.forced = savedTold.flag("forced");
      told.increasing = savedTold.flag("increasing");
    },
  };
}
