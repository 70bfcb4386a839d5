import type { JsonObject, ModelContext } from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import type { Disturbances } from "./cave-faults.ts";
import type { Cave } from "./cave.ts";
import type { Walk } from "./classic-walks.ts";
import type { Place } from "./place.ts";
import type { CaveSettings } from "./settings.ts";

/** The air of a cave as its sensor would show it without faults. It obeys `cave.fan` and the setpoints, and may break the fan. */
export interface Signal {
  /** Unrounded, in the unit of the place. */
  readonly temperature: number;
  /** Unrounded, in percent. */
  readonly humidity: number;
  /** Goes on by `dtS` seconds of the device's own time, > 0; what goes by ticks makes `ticks`, at least one. */
  advance(dtS: number, ticks: number): void;
  snapshot(): JsonObject;
  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void;
}

/** What a signal is made of. */
export interface SignalContext extends ModelContext<CaveSettings> {
  readonly cave: Cave;
  readonly place: Place;
  readonly disturbances: Disturbances;
  /** The classic walk of the dialect's program. */
  readonly walk: Walk;
}
