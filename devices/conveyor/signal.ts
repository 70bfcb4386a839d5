import type { JsonObject, ModelContext } from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import type { Belt } from "./belt.ts";
import type { BeltFaults } from "./belt-faults.ts";
import type { BeltFeatures } from "./features.ts";
import type { ClassicProgram } from "./classic-program.ts";
import type { BeltSettings } from "./settings.ts";

/** What a belt does: it writes speed, vibration, packages, temperature and standing time into `belt`, as its sensors would show them without faults. */
export interface Signal {
  /** Of the natural vibration, in hertz. */
  readonly naturalFrequencyHz: number;
  /** Goes on by `dtS` seconds of the device's own time, > 0; what goes by ticks makes `ticks`, at least one. */
  advance(dtS: number, ticks: number): void;
  /** Somebody has mended the belt: what shakes it beyond its natural vibration is over. */
  clearFaults(): void;
  /** What a vibration monitor tells of the belt now; absent = the signal has none. */
  features?(): BeltFeatures;
  snapshot(): JsonObject;
  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void;
}

/** What a signal is made of. */
export interface SignalContext extends ModelContext<BeltSettings> {
  /** With what is asked of it: `desiredSpeed`. */
  readonly belt: Belt;
  /** What the scenario has broken. */
  readonly faults: BeltFaults;
  /** The dialect's version of the classic program. */
  readonly program: ClassicProgram;
}
