import type { DesiredContext, JsonObject } from "../../../src/model/model.ts";
import { illegalWish, numberOf } from "../../shared/desired.ts";
import { WritableProperty } from "../../shared/pnp.ts";
import type { Saved } from "../../shared/saved.ts";
import type { DialectContext } from "../dialect.ts";
import { setpointSet } from "../happenings.ts";

type Quantity = "temperature" | "humidity";

/** What each setpoint is called, and may be. */
const SETPOINTS = {
  temperature: { property: "desiredTemperature", least: 20, most: 100, unit: "°F" },
  humidity: { property: "desiredHumidity", least: 0, most: 100, unit: "%" },
} as const;

/**
 * A setpoint as a writable property. Accepted and outside the alert band it is acknowledged with 202, and with 200 once
 * the reading is inside; a wish beyond the range with 400 and the setpoint that stays.
 */
export class PnpSetpoint {
  readonly #quantity: Quantity;
  readonly #context: DialectContext;
  readonly #property: WritableProperty;

  constructor(quantity: Quantity, context: DialectContext) {
    this.#quantity = quantity;
    this.#context = context;
    this.#property = new WritableProperty(SETPOINTS[quantity].property);
  }

  /** What a desired section or patch is answered with; undefined where it is silent. */
  apply(patch: JsonObject, context: DesiredContext): JsonObject | undefined {
    const wish = this.#property.asked(patch, context);
    if (wish === undefined) return undefined;
    if (wish === null) {
      // The flat name of the samples may have set it in the same breath.
      if (numberOf(patch[this.#quantity]) === undefined) {
        this.#set(this.#context.place.setpoints[this.#quantity]);
      }
      return this.#property.byDefault(this.#inUse);
    }
    const { least, most, unit, property } = SETPOINTS[this.#quantity];
    const value = numberOf(wish);
    if (value === undefined || value < least || value > most) {
      this.#context.tell(illegalWish(property, wish));
      const why = `expected ${least} to ${most} ${unit}`;
      return this.#property.refused(this.#inUse, context.version, why);
    }
    this.#set(value);
    return this.#isReached()
      ? this.#property.reached(value, context.version)
      : this.#property.approaching(value, context.version, this.#how());
  }

  /** After a step: that the setpoint is reached, once. */
  stepped(): JsonObject | undefined {
    return this.#property.isPending && this.#isReached()
      ? this.#property.arrived(this.#inUse)
      : undefined;
  }

  snapshot(): JsonObject {
    return this.#property.snapshot();
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void {
    this.#property.restore(saved);
  }

  get #inUse(): number {
    const { cave } = this.#context;
    return this.#quantity === "temperature" ? cave.desiredTemperature : cave.desiredHumidity;
  }

  #set(value: number): void {
    const { cave } = this.#context;
    if (value === this.#inUse) return;
    if (this.#quantity === "temperature") cave.desiredTemperature = value;
    else cave.desiredHumidity = value;
    const text = `Setting desired ${this.#quantity} to ${value}`;
    this.#context.tell(setpointSet(text, this.#quantity, value));
  }

  #isReached(): boolean {
    const { cave, place } = this.#context;
    const distance = Math.abs(cave[this.#quantity] - this.#inUse);
    return distance <= place.limits[this.#quantity];
  }

  /** Nothing moves without the fan, which is said here since there is one 202 for a version. */
  #how(): string {
    const { fan } = this.#context.cave;
    return fan === "on" ? "approaching" : `fan ${fan}`;
  }
}
