import type { DesiredContext, JsonObject } from "../../../src/model/model.ts";
import { WritableProperty } from "../../shared/pnp.ts";
import type { Saved } from "../../shared/saved.ts";
import type { Belt } from "../belt.ts";
import { DEFAULT_STOP_ALERT_S } from "../belt.ts";
import { stopAlertOf } from "./module-twin.ts";

/** `stopAlertAfter` as a writable property, in seconds. */
export class PnpStopAlert {
  readonly #belt: Belt;
  readonly #property = new WritableProperty("stopAlertAfter");

  constructor(belt: Belt) {
    this.#belt = belt;
  }

  /** What a desired section or patch is answered with; undefined where it is silent. */
  apply(patch: JsonObject, context: DesiredContext): JsonObject | undefined {
    const belt = this.#belt;
    const wish = this.#property.asked(patch, context);
    if (wish === undefined) return undefined;
    if (wish === null) {
      belt.stopAlertAfterS = DEFAULT_STOP_ALERT_S;
      return this.#property.byDefault(DEFAULT_STOP_ALERT_S);
    }
    const seconds = stopAlertOf(wish);
    if (seconds === undefined) {
      const why = "expected seconds from 0, at most a day";
      return this.#property.refused(belt.stopAlertAfterS, context.version, why);
    }
    belt.stopAlertAfterS = seconds;
    return this.#property.reached(seconds, context.version);
  }

  snapshot(): JsonObject {
    return this.#property.snapshot();
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void {
    this.#property.restore(saved);
  }
}
