import type { DeviceModel, ModelContext, ModelDevice } from "../../src/model/model.ts";
import { Saved } from "../shared/saved.ts";
import { sensorFaultKinds } from "../shared/sensor-fault-kinds.ts";
import { SensorFaults } from "../shared/sensor-faults.ts";
import type { Belt, Reading } from "./belt.ts";
import { newBelt, readBelt, savedBelt } from "./belt.ts";
import { BELT_FAULT_KINDS } from "./belt-fault-kinds.ts";
import type { Severities } from "./belt-faults.ts";
import { BeltFaults, CLASSIC_SEVERITIES } from "./belt-faults.ts";
import { ClassicSignal } from "./classic-signal.ts";
import type { DialectKind } from "./dialect.ts";
import { MODULE } from "./dialects/module.ts";
import { PNP } from "./dialects/pnp.ts";
import { AZ220, DRAFT, LEARN_CSHARP, LEARN_JS } from "./dialects/samples.ts";
import type { BeltFeatures } from "./features.ts";
import { styleOf } from "./message.ts";
import { physicalSeverities } from "./physical/parameters.ts";
import { PhysicalSignal } from "./physical/physical-signal.ts";
import type { BeltSettings } from "./settings.ts";
import { checkSettings, DEFAULT_SETTINGS } from "./settings.ts";
import type { Signal, SignalContext } from "./signal.ts";

const NAME = "conveyor";

/** As messages name what they measure. */
const SENSORS = ["vibration", "temp"] as const;

const SIGNALS: Readonly<Record<BeltSettings["signal"], (context: SignalContext) => Signal>> = {
  classic: (context) => new ClassicSignal(context),
  physical: (context) => new PhysicalSignal(context),
};

const DIALECTS: Readonly<Record<BeltSettings["dialect"], DialectKind>> = {
  module: MODULE,
  "learn-csharp": LEARN_CSHARP,
  "learn-js": LEARN_JS,
  az220: AZ220,
  draft: DRAFT,
  pnp: PNP,
};

/** A conveyor belt with a vibration sensor, as the Microsoft Learn modules teach it. */
export const model: DeviceModel<BeltSettings> = {
  name: NAME,
  defaults: DEFAULT_SETTINGS,
  checkSettings,
  faults: { ...BELT_FAULT_KINDS, ...sensorFaultKinds(SENSORS) },
  create: createBelt,
};

function createBelt(context: ModelContext<BeltSettings>): ModelDevice {
  const { settings } = context;
  const kind = DIALECTS[settings.dialect];
  const style = styleOf(kind.style, settings);
  const belt = newBelt();
  const faultDraws = context.random("fault");
  const faults = new BeltFaults(faultDraws, severitiesOf(settings));
  const sensors = new SensorFaults(SENSORS, faultDraws);
  const signal = SIGNALS[settings.signal]({ ...context, belt, faults, program: kind.program });
  const dialect = kind.create({
    ...context,
    belt,
    get naturalFrequencyHz() {
      return signal.naturalFrequencyHz;
    },
    clearFaults: () => {
      faults.clear();
      signal.clearFaults();
    },
  });
  const features = (): BeltFeatures | undefined =>
    settings.features === true ? signal.features?.() : undefined;
  return {
    modelId: dialect.modelId,
    methods: dialect.methods,
    get intervalS() {
      return dialect.intervalS;
    },
    step: ({ dtS, scale = 1 }) => {
      signal.advance(dtS, Math.max(1, Math.round(scale)));
      sensors.step(dtS);
      dialect.stepped?.(dtS / scale);
      // Also where nothing is sent, so that a silent sensor changes no later draw.
      const reading = readingOf(belt, sensors, features());
      return sensors.silent ? [] : kind.write(reading, style);
    },
    desired: (patch, desiredContext) => dialect.desired(patch, desiredContext),
    settled: () => dialect.settled(),
    beginFault: (fault) => void (faults.begin(fault) || sensors.begin(fault)),
    endFault: (id) => {
      faults.end(id);
      sensors.end(id);
    },
    snapshot: () => ({
      belt: savedBelt(belt),
      signal: signal.snapshot(),
      dialect: dialect.snapshot(),
      beltFaults: faults.snapshot(),
      sensorFaults: sensors.snapshot(),
      faultDraws: faultDraws.save(),
    }),
    restore: (state) => {
      const saved = new Saved(state, NAME);
      Object.assign(belt, readBelt(saved.part("belt")));
      signal.restore(saved.part("signal"));
      dialect.restore(saved.part("dialect"));
      faults.restore(saved.list("beltFaults"), NAME);
      sensors.restore(saved.list("sensorFaults"), NAME);
      faultDraws.load(saved.numbers("faultDraws"));
    },
  };
}

/** How bad faults are that do not say it. */
function severitiesOf(settings: BeltSettings): Severities {
  return settings.signal === "physical" ? physicalSeverities(settings) : CLASSIC_SEVERITIES;
}

/** What the sensors show of a belt. */
function readingOf(belt: Belt, sensors: SensorFaults, features: BeltFeatures | undefined): Reading {
  return {
    vibration: sensors.read("vibration", belt.vibration),
    packages: belt.packages,
    speed: belt.speed,
    temperatureF: sensors.read("temp", belt.temperatureF),
    beltAlert: belt.stoppedS > belt.stopAlertAfterS,
    features,
  };
}
