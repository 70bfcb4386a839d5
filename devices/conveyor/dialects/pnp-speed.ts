import type { DesiredContext, Json, JsonObject } from "../../../src/model/model.ts";
import { WritableProperty } from "../../shared/pnp.ts";
import type { Saved } from "../../shared/saved.ts";
import type { Belt, Speed } from "../belt.ts";
import { SPEEDS } from "../belt.ts";
import { speedOf } from "./speed-command.ts";

/**
 * `desiredSpeed` as a writable property. A belt takes its time to another speed, and a jam holds it: a wish is
 * acknowledged with 202, and with 200 once the belt runs so.
 */
export class PnpSpeed {
  readonly #belt: Belt;
  readonly #property = new WritableProperty("desiredSpeed");
  /** What the twin asked for last; null = nothing. */
  #wish: Speed | null = null;
  /** The speed in use was set by a command, so a twin without one does not undo it. */
  #byCommand = false;

  constructor(belt: Belt) {
    this.#belt = belt;
  }

  /** What a desired section or patch is answered with; undefined where it is silent. */
  apply(patch: JsonObject, context: DesiredContext): JsonObject | undefined {
    const wish = this.#property.asked(patch, context);
    return wish === undefined ? undefined : this.#answer(wish, context);
  }

  /** Sets the speed by a command, until the twin asks for another, and gives what to report of it. */
  command(speed: Speed): JsonObject {
    this.#belt.desiredSpeed = speed;
    this.#byCommand = true;
    return this.#property.byDefault(speed);
  }

  /** After a step: that the belt has the speed of the wish, once. */
  stepped(): JsonObject | undefined {
    return this.#property.isPending && this.#isReached() && this.#wish !== null
      ? this.#property.arrived(this.#wish)
      : undefined;
  }

  snapshot(): JsonObject {
    return {
      property: this.#property.snapshot(),
      wish: this.#wish,
      byCommand: this.#byCommand,
    };
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void {
    this.#property.restore(saved.part("property"));
    this.#wish = saved.optionalChoice("wish", SPEEDS);
    this.#byCommand = saved.flag("byCommand");
  }

  #answer(wish: Json, { initial, version }: DesiredContext): JsonObject {
    if (wish === null) return this.#leave(initial);
    const speed = speedOf(wish);
    if (speed === undefined) {
      return this.#property.refused(this.#inUse, version, `expected ${SPEEDS.join(", ")}`);
    }
    this.#wish = speed;
    this.#byCommand = false;
    this.#belt.desiredSpeed = speed;
    return this.#isReached()
      ? this.#property.reached(speed, version)
      : this.#property.approaching(speed, version);
  }

  /** Nobody asks for a speed: the belt changes it by itself, unless a command has set it and nothing undid that. */
  #leave(initial: boolean): JsonObject {
    this.#wish = null;
    if (!initial || !this.#byCommand) {
      this.#belt.desiredSpeed = null;
      this.#byCommand = false;
    }
    return this.#property.byDefault(this.#inUse);
  }

  get #inUse(): Speed {
    return this.#belt.desiredSpeed ?? this.#belt.speed;
  }

  #isReached(): boolean {
    return this.#belt.speed === this.#wish && this.#belt.isSteady;
  }
}
