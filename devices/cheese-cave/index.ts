import type { DeviceModel, ModelContext, ModelDevice } from "../../src/model/model.ts";
import { Saved } from "../shared/saved.ts";
import { alertsOf, NO_ALERTS, readAlerts } from "./alerts.ts";
import { CAVE_FAULTS, CaveFaults, isOfAir } from "./cave-faults.ts";
import { newCave, readCave, savedCave } from "./cave.ts";
import { ClassicSignal } from "./classic-signal.ts";
import type { DialectKind } from "./dialect.ts";
import { AZ220 } from "./dialects/az220.ts";
import { DPS } from "./dialects/dps.ts";
import { LEARN_CSHARP } from "./dialects/learn-csharp.ts";
import { LEARN_JS } from "./dialects/learn-js.ts";
import { MODULE } from "./dialects/module.ts";
import { PNP } from "./dialects/pnp.ts";
import { WINE_CELLAR_DIALECT } from "./dialects/wine-cellar.ts";
import { fanFailed, fanRepaired, faultIdle } from "./happenings.ts";
import type { MessageStyle } from "./message.ts";
import { encodeMessage, numberText, stringText } from "./message.ts";
import { PhysicalSignal } from "./physical/physical-signal.ts";
import { withLimits } from "./place.ts";
import type { CaveSettings } from "./settings.ts";
import { checkSettings, DEFAULT_SETTINGS } from "./settings.ts";
import type { Signal, SignalContext } from "./signal.ts";

const NAME = "cheese-cave";

const SIGNALS: Readonly<Record<CaveSettings["signal"], (context: SignalContext) => Signal>> = {
  classic: (context) => new ClassicSignal(context),
  physical: (context) => new PhysicalSignal(context),
};

const DIALECTS: Readonly<Record<CaveSettings["dialect"], DialectKind>> = {
  module: MODULE,
  "learn-js": LEARN_JS,
  "learn-csharp": LEARN_CSHARP,
  dps: DPS,
  az220: AZ220,
  "wine-cellar": WINE_CELLAR_DIALECT,
  pnp: PNP,
};

/** A cheese cave with temperature and humidity sensor and fan, as the Microsoft Learn modules teach it. */
export const model: DeviceModel<CaveSettings> = {
  name: NAME,
  defaults: DEFAULT_SETTINGS,
  checkSettings,
  faults: CAVE_FAULTS,
  create: createCave,
};

function createCave(context: ModelContext<CaveSettings>): ModelDevice {
  const { settings } = context;
  const kind = DIALECTS[settings.dialect];
  const { walk } = kind;
  const place = withLimits(kind.place, settings);
  const style = styleOf(kind.style, settings);
  const cave = newCave(place);
  const faults = new CaveFaults(cave, context.random("fault"));
  const signal = SIGNALS[settings.signal]({ ...context, cave, place, walk, disturbances: faults });
  const dialect = kind.create({ ...context, cave, place });
  const read = (): void => {
    cave.temperature = faults.read("temperature", signal.temperature);
    cave.humidity = faults.read("humidity", signal.humidity);
  };
  /** Makes a change in which the fan may break, or be well again. */
  const watchingFan = (change: () => void): void => {
    const before = cave.fan;
    change();
    if (cave.fan === before) return;
    context.tell(cave.fan === "failed" ? fanFailed() : fanRepaired());
    dialect.fanChanged?.();
  };
  read();
  let alerts = NO_ALERTS;
  return {
    modelId: dialect.modelId,
    methods: dialect.methods,
    get intervalS() {
      return dialect.intervalS;
    },
    step: ({ dtS, scale = 1 }) => {
      watchingFan(() => {
        signal.advance(dtS, Math.max(1, Math.round(scale)));
        faults.step(dtS);
        read();
      });
      dialect.stepped?.(dtS / scale);
      alerts = alertsOf(cave, place, alerts);
      return faults.silent ? [] : [encodeMessage(cave, alerts, style)];
    },
    desired: (patch, desiredContext) => dialect.desired(patch, desiredContext),
    settled: () => dialect.settled(),
    beginFault: (fault) => {
      if (settings.signal === "classic" && isOfAir(fault.kind)) context.tell(faultIdle(fault.kind));
      watchingFan(() => faults.begin(fault));
    },
    endFault: (id) => watchingFan(() => faults.end(id)),
    snapshot: () => ({
      cave: savedCave(cave),
      alerts: { ...alerts },
      faults: faults.snapshot(),
      signal: signal.snapshot(),
      dialect: dialect.snapshot(),
    }),
    restore: (state) => {
      const saved = new Saved(state, NAME);
      Object.assign(cave, readCave(saved.part("cave")));
      alerts = readAlerts(saved.part("alerts"));
      faults.restore(saved.part("faults"), NAME);
      signal.restore(saved.part("signal"));
      dialect.restore(saved.part("dialect"));
    },
  };
}

/** The dialect's style where the settings do not say otherwise. */
function styleOf(
  own: MessageStyle,
  settings: CaveSettings,
): MessageStyle & { readonly sensorID: string } {
  const { encoding, contentType = own.contentType, sensorID } = settings;
  const isText = own.reading === stringText;
  if (encoding === undefined || (encoding === "strings") === isText) {
    return { reading: own.reading, contentType, sensorID };
  }
  return { reading: isText ? numberText : stringText, contentType, sensorID };
}
