import type { JsonObject, ModelEvent, RandomStream } from "../../src/model/model.ts";
import { round2 } from "../shared/rounding.ts";
import type { Saved } from "../shared/saved.ts";

/** An unwanted vibration of the samples: how bad it gets, and what it does. */
export interface VibrationKind {
  /** In names of events. */
  readonly name: "forced" | "increasing" | "damping";
  /** For people. */
  readonly label: string;
  /** Severity when it begins: `least` and up to twice `spread` draws more, times `slow` on a slow belt. */
  readonly severity: { readonly least: number; readonly spread: number; readonly slow: number };
  /** Value after `seconds` of it. */
  wave(seconds: number, severity: number): number;
}

/** Adds m/s²; its severity is an amplitude of 1 to 7 m/s², half on a slow belt. */
export const FORCED: VibrationKind = {
  name: "forced",
  label: "Forced",
  severity: { least: 1, spread: 6, slow: 0.5 },
  wave: (seconds, severity) => severity * Math.sin(0.75 * seconds) * Math.sin(10 * seconds),
};

/** Adds m/s²; its severity is the 100 to 200 seconds in which it reaches 1 m/s², twice that on a slow belt. */
export const INCREASING: VibrationKind = {
  name: "increasing",
  label: "Increasing",
  severity: { least: 100, spread: 100, slow: 2 },
  wave: (seconds, severity) => (seconds / severity) * Math.sin(seconds),
};

/** A factor for all other vibration; its severity is a rate of 0.1 to 0.2 per second, twice that on a slow belt. */
export const DAMPING: VibrationKind = {
  name: "damping",
  label: "Damping",
  severity: { least: 0.1, spread: 0.1, slow: 2 },
  wave: (seconds, severity) => Math.exp(-severity * seconds) * Math.cos(2 * Math.PI * seconds),
};

/** Chance to end, for each tick that the belt runs with it. */
const ENDS = 0.01;

/** Where one vibration stands: off, or how bad and for how long. */
export class ClassicVibration {
  readonly #kind: VibrationKind;
  readonly #begins: number;
  readonly #tell: (event: ModelEvent) => void;
  /** 0 = off; undefined = never set, which the Node.js program takes neither for off nor for on. */
  #severity: number | undefined;
  #seconds = 0;
  /** A fault of the scenario keeps it on, whatever chance says. */
  #held = false;

  /**
   * @param begins chance to begin, for each tick that the belt runs without it
   * @param severity at the start: off, or never set
   */
  constructor(
    kind: VibrationKind,
    begins: number,
    tell: (event: ModelEvent) => void,
    severity: 0 | undefined,
  ) {
    this.#kind = kind;
    this.#begins = begins;
    this.#tell = tell;
    this.#severity = severity;
  }

  get isOn(): boolean {
    return this.#severity !== undefined && this.#severity > 0;
  }

  /** Off, and told if it was on: the belt has stopped, or somebody has mended it. */
  clear(): void {
    if (this.isOn) {
      this.#tell({
        name: `${this.#kind.name}VibrationStopped`,
        text: `${this.#kind.label} vibration stopped`,
      });
    }
    this.#severity = 0;
    this.#held = false;
  }

  /**
   * Begins and ends by chance, for one tick of a running belt.
   *
   * @param held severity that a fault of the scenario keeps up; undefined = there is none
   */
  draw(random: Pick<RandomStream, "next">, isSlow: boolean, held: number | undefined): void {
    if (held === undefined && this.#held) this.clear();
    if (held !== undefined && !this.#held) this.#begin(held);
    this.#held = held !== undefined;
    if (this.#severity === 0) {
      if (random.next() >= this.#begins) return;
      const { least, spread, slow } = this.#kind.severity;
      const severity = least + spread * random.next();
      this.#begin(isSlow ? severity * slow : severity);
    } else if (random.next() > 1 - ENDS && !this.#held) {
      this.clear();
    }
  }

  /** Its value at this tick, `off` while it is off; the next is for `tickS` later. */
  next(tickS: number, off: number): number {
    if (this.#severity === undefined || this.#severity === 0) return off;
    const value = this.#kind.wave(this.#seconds, this.#severity);
    this.#seconds += tickS;
    return value;
  }

  snapshot(): JsonObject {
    return { severity: this.#severity ?? null, seconds: this.#seconds, held: this.#held };
  }

  /** @throws {TypeError} naming the member that is not what `snapshot` gives */
  restore(saved: Saved): void {
    this.#severity = saved.optionalNumber("severity") ?? undefined;
    this.#seconds = saved.number("seconds");
    this.#held = saved.flag("held");
  }

  #begin(severity: number): void {
    this.#severity = severity;
    this.#seconds = 0;
    this.#tell({
      name: `${this.#kind.name}VibrationStarted`,
      text: `${this.#kind.label} vibration starting with severity: ${round2(severity)}`,
      level: "warning",
      data: { severity },
    });
  }
}
