import type { JsonObject, ModelEvent, RandomStream } from "../../../src/model/model.ts";
import { round2 } from "../../shared/rounding.ts";
import type { Saved } from "../../shared/saved.ts";
import { impactsPerTurn } from "./bearing.ts";
import type { BeltFaults } from "../belt-faults.ts";
import type { PhysicalParameters } from "./parameters.ts";
import type { Shaking } from "./vibration.ts";
import { Wear } from "./wear.ts";

/** What shakes a belt beyond its natural vibration: what the scenario broke, else what wear did. */
export class Shakes {
  readonly #parameters: PhysicalParameters;
  readonly #faults: BeltFaults;
  readonly #random: RandomStream;
  readonly #wheel: Wear;
  readonly #resonance: Wear;

  /** @param random draws when and how badly wear breaks something */
  constructor(parameters: PhysicalParameters, faults: BeltFaults, random: RandomStream) {
    this.#parameters = parameters;
    this.#faults = faults;
    this.#random = random;
    this.#wheel = new Wear(parameters.wheelWear, parameters.wheelAmplitude, random);
    this.#resonance = new Wear(parameters.resonanceWear, parameters.resonanceGrowthS, random);
  }

  /** Seconds of running until wear changes something. */
  get leftS(): number {
    return Math.min(this.#wheel.leftS, this.#resonance.leftS);
  }

  /** The belt has run for `dtS`, at most `leftS`. */
  ran(dtS: number): void {
    this.#wheel.leftS -= dtS;
    this.#resonance.leftS -= dtS;
    this.#wheel.changeIfDue();
    this.#resonance.changeIfDue();
  }

  /** What wear did is gone: the belt stopped, or was mended. */
  clear(): void {
    this.#wheel.clear();
    this.#resonance.clear();
  }

  /** What shakes the belt now. */
  shaking(): Shaking {
    const { bearing } = this.#faults;
    return {
      wheel: this.#faults.severityOf("brokenWheel") ?? this.#wheel.severity,
      resonanceGrowthS: this.#faults.severityOf("resonance") ?? this.#resonance.severity,
      bearing: bearing?.amplitude ?? 0,
      impactsPerTurn:
        bearing === undefined ? 0 : impactsPerTurn(bearing.part, this.#parameters.bearing),
    };
  }

  save(): JsonObject {
    return {
      wheel: this.#wheel.save(),
      resonance: this.#resonance.save(),
      random: this.#random.save(),
    };
  }

  /** @throws {TypeError} naming the member that is not what `save` gives */
  load(saved: Saved): void {
    this.#wheel.load(saved.part("wheel"));
    this.#resonance.load(saved.part("resonance"));
    this.#random.load(saved.numbers("random"));
  }
}

/** Tells what began and what ended between the two, as the samples' console does. */
export function tellShaking(
  before: Shaking,
  after: Shaking,
  tell: (event: ModelEvent) => void,
): void {
  tellVibration("forced", "Forced", [before.wheel, after.wheel], tell);
  tellVibration(
    "increasing",
    "Increasing",
    [before.resonanceGrowthS, after.resonanceGrowthS],
    tell,
  );
  tellVibration("bearing", "Bearing", [before.bearing, after.bearing], tell);
}

function tellVibration(
  name: string,
  label: string,
  [before, severity]: readonly [number, number],
  tell: (event: ModelEvent) => void,
): void {
  if (before === 0 && severity > 0) {
    const text = `${label} vibration starting with severity: ${round2(severity)}`;
    tell({ name: `${name}VibrationStarted`, text, level: "warning", data: { severity } });
  } else if (before > 0 && severity === 0) {
    tell({ name: `${name}VibrationStopped`, text: `${label} vibration stopped` });
  }
}
