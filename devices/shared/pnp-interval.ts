import type { DesiredContext, JsonObject } from "../../src/model/model.ts";
import { intervalOf } from "./desired.ts";
import { WritableProperty } from "./pnp.ts";
import { roundTo } from "./rounding.ts";
import type { Saved } from "./saved.ts";

/** An acknowledgment that waits for the first step, because only then the scenario's interval is known. */
const OWED = ["nothing", "default", "refusal"] as const;

const WHY = "expected seconds above 0, at most a day";

/** `telemetryInterval` as a writable property, in seconds. */
export class PnpInterval {
  readonly #property = new WritableProperty("telemetryInterval");
  /** Null = not asked for. */
  #wantedS: number | null = null;
  /** What the scenario says, once a step has told it. */
  #plannedS: number | null = null;
  #owed: (typeof OWED)[number] = "nothing";
  #owedVersion = 0;

  /** What the twin asks for; undefined = nothing. */
  get wantedS(): number | undefined {
    return this.#wantedS ?? undefined;
  }

  /** What a desired section or patch is answered with at once; undefined where it is silent, or the answer is owed. */
  apply(patch: JsonObject, context: DesiredContext): JsonObject | undefined {
    const wish = this.#property.asked(patch, context);
    if (wish === undefined) return undefined;
    const wantedS = intervalOf(wish);
    if (wantedS !== undefined) {
      this.#wantedS = wantedS;
      this.#owed = "nothing";
      return this.#property.reached(wantedS, context.version);
    }
    if (wish === null) this.#wantedS = null;
    this.#owed = wish === null ? "default" : "refusal";
    this.#owedVersion = context.version;
    return this.#pay();
  }

  /**
   * After a step: what was owed.
   *
   * @param plannedS the interval of the scenario; undefined where the twin asked for another
   */
  stepped(plannedS: number | undefined): JsonObject | undefined {
    // A time scale leaves digits behind that nobody wrote: 0.3 / 3.
    if (plannedS !== undefined) this.#plannedS = roundTo(plannedS, 6);
    return this.#pay();
  }

  snapshot(): JsonObject {
    return {
      property: this.#property.snapshot(),
      wantedS: this.#wantedS,
      plannedS: this.#plannedS,
      owed: this.#owed,
      owedVersion: this.#owedVersion,
    };
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void {
    this.#property.restore(saved.part("property"));
    this.#wantedS = saved.optionalNumber("wantedS");
    this.#plannedS = saved.optionalNumber("plannedS");
    this.#owed = saved.choice("owed", OWED);
    this.#owedVersion = saved.number("owedVersion");
  }

  #pay(): JsonObject | undefined {
    const inUseS = this.#wantedS ?? this.#plannedS;
    const owed = this.#owed;
    if (owed === "nothing" || inUseS === null) return undefined;
    this.#owed = "nothing";
    return owed === "default"
      ? this.#property.byDefault(inUseS)
      : this.#property.refused(inUseS, this.#owedVersion, WHY);
  }
}
