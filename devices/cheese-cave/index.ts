import type {
  DeviceModel,
  Json,
  JsonObject,
  ModelDevice,
  RandomStream,
} from "../../src/model/model.ts";
import { newCave, tick } from "./classic-signal.ts";
import { encodeMessage } from "./csharp-message.ts";
import { applyDesired, newTwinState, reportedOf } from "./module-twin.ts";
import { setFanState } from "./set-fan-state.ts";
import { readSnapshot } from "./snapshot.ts";

/** What each setting may be, the default first. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  signal: ["classic"],
  dialect: ["module"],
};

/** A cheese cave with temperature and humidity sensor and fan, as the Microsoft Learn modules teach it. */
export const model: DeviceModel = {
  name: "cheese-cave",
  defaults: { signal: "classic", dialect: "module" },
  checkSettings,
  create: (context) => createCave(context.random("classic")),
};

function checkSettings(raw: JsonObject): readonly string[] {
  return Object.entries(raw).flatMap(([key, value]) => {
    const choices = Object.hasOwn(CHOICES, key) ? CHOICES[key] : undefined;
    if (choices === undefined) {
      return [`${key}: there is no such setting; there are ${Object.keys(CHOICES).join(", ")}`];
    }
    return choices.some((choice) => choice === value)
      ? []
      : [`${key}: expected one of ${choices.join(", ")}, got ${JSON.stringify(value)}`];
  });
}

function createCave(random: RandomStream): ModelDevice {
  const cave = newCave();
  const twin = newTwinState();
  const report = (): JsonObject => reportedOf(cave, twin);
  return {
    // The classic walk goes by ticks, whatever the interval.
    step: () => {
      tick(cave, random);
      return [encodeMessage(cave)];
    },
    desired: (patch, context) => {
      applyDesired(cave, twin, patch, context);
      return report();
    },
    methods: { SetFanState: (payload: Json) => setFanState(cave, payload, report) },
    get intervalS() {
      return twin.telemetryInterval ?? twin.telemetryDelay ?? undefined;
    },
    snapshot: () => ({ cave: { ...cave }, twin: { ...twin }, random: random.save() }),
    restore: (state) => {
      const saved = readSnapshot(state);
      Object.assign(cave, saved.cave);
      Object.assign(twin, saved.twin);
      random.load(saved.random);
    },
  };
}
