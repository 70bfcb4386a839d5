import type { ActiveFault, Json, JsonObject } from "../../src/model/model.ts";
import { numberOf } from "../shared/desired.ts";
import type { Draws } from "../shared/noise.ts";
import { Saved } from "../shared/saved.ts";
import type { BearingPart } from "./physical/bearing.ts";
import { BEARING_PARTS } from "./physical/bearing.ts";
import type { BeltFault } from "./belt-fault-kinds.ts";
import { BELT_FAULTS } from "./belt-fault-kinds.ts";
import type { Range } from "./range.ts";
import { drawn } from "./range.ts";

/** How bad faults are that do not say it: m/s², and s for a resonance. */
export type Severities = Readonly<Record<"brokenWheel" | "resonance" | "bearingFault", Range>>;

/** As the samples draw them; they have no bearing. */
export const CLASSIC_SEVERITIES: Severities = {
  brokenWheel: { least: 1, most: 7 },
  resonance: { least: 100, most: 200 },
  bearingFault: { least: 1, most: 3 },
};

const FALLING_THRESHOLD = 5;
const FALLING_EVERY_S = 10;

/** A fault that is on. */
interface OnFault {
  readonly id: string;
  readonly kind: BeltFault;
  /** In s for a resonance, in m/s² for what shakes and for the threshold of falling packages; a jam has none, so 0. */
  readonly severity: number;
  /** Of a bearing. */
  readonly part: BearingPart;
  /** Mean time between packages that fall. */
  readonly everyS: number;
}

/** Faults of the belt that the scenario has begun and not ended. What they do is the signal's affair. */
export class BeltFaults {
  readonly #random: Draws;
  readonly #severities: Severities;
  #on: readonly OnFault[] = [];

  /** @param random the device's stream `fault`: a fault that does not say how bad it is takes one draw when it begins */
  constructor(random: Draws, severities: Severities) {
    this.#random = random;
    this.#severities = severities;
  }

  /** @returns whether the fault is one of the belt, and so is on now; `check` found its parameters good */
  begin({ id, kind, parameters }: ActiveFault): boolean {
    const known = BELT_FAULTS.find((each) => each === kind);
    if (known === undefined) return false;
    const fault: OnFault = {
      id,
      kind: known,
      severity: this.#severityOf(known, parameters),
      part: BEARING_PARTS.find((part) => part === parameters["part"]) ?? "outerRace",
      everyS: numberOf(parameters["gap"]) ?? FALLING_EVERY_S,
    };
    this.#on = [...this.#on, fault];
    return true;
  }

  /** Does nothing where no such fault is on. */
  end(id: string): void {
    this.#on = this.#on.filter((fault) => fault.id !== id);
  }

  /** Somebody has mended them all, before their time. */
  clear(): void {
    this.#on = [];
  }

  /** How bad the fault of that kind is that began last; undefined = none is on. */
  severityOf(kind: BeltFault): number | undefined {
    return this.#newest(kind)?.severity;
  }

  /** The bearing that is damaged, amplitude in m/s². */
  get bearing(): { readonly part: BearingPart; readonly amplitude: number } | undefined {
    const fault = this.#newest("bearingFault");
    return fault && { part: fault.part, amplitude: fault.severity };
  }

  /** When packages fall: while vibration peaks above the threshold in m/s², one in `everyS` on average. */
  get falling(): { readonly threshold: number; readonly everyS: number } | undefined {
    const fault = this.#newest("droppedPackages");
    return fault && { threshold: fault.severity, everyS: fault.everyS };
  }

  snapshot(): Json {
    return this.#on.map((fault) => ({ ...fault }));
  }

  /**
   * Takes up what `snapshot` gave, as a list of the device's snapshot.
   *
   * @param owner name of the model, for errors
   * @throws {TypeError} naming the member that is not what was saved
   */
  restore(list: readonly Json[], owner: string): void {
    this.#on = list.map((state) => {
      const saved = new Saved(state, owner, "beltFaults");
      return {
        id: saved.text("id"),
        kind: saved.choice("kind", BELT_FAULTS),
        severity: saved.number("severity"),
        part: saved.choice("part", BEARING_PARTS),
        everyS: saved.number("everyS"),
      };
    });
  }

  #newest(kind: BeltFault): OnFault | undefined {
    // Asked several times a step; nearly always nothing is on.
    return this.#on.length === 0 ? undefined : this.#on.findLast((fault) => fault.kind === kind);
  }

  #severityOf(kind: BeltFault, { amplitude, riseTime, above }: JsonObject): number {
    switch (kind) {
      case "brokenWheel":
      case "bearingFault":
        return numberOf(amplitude) ?? drawn(this.#severities[kind], this.#random);
      case "resonance":
        return numberOf(riseTime) ?? drawn(this.#severities[kind], this.#random);
      case "droppedPackages":
        return numberOf(above) ?? FALLING_THRESHOLD;
      case "jam":
        return 0;
    }
    return kind satisfies never;
  }
}
