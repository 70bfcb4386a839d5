import type {
  ActiveFault,
  Json,
  JsonObject,
  ModelFault,
  RandomStream,
} from "../../src/model/model.ts";
import { parameterFault } from "../shared/parameter-fault.ts";
import { Saved } from "../shared/saved.ts";

/** Kinds of faults of the belt itself; its sensors have their own. */
const BELT_FAULTS = ["brokenWheel", "resonance", "jam"] as const;
export type BeltFault = (typeof BELT_FAULTS)[number];

/** What `DeviceModel.faults` says of them. */
export const BELT_FAULT_KINDS: Readonly<Record<BeltFault, ModelFault>> = {
  brokenWheel: parameterFault({
    does: "a broken wheel shakes the moving belt, by up to `amplitude` m/s² (absent: drawn, 1 to 7)",
    rules: { amplitude: { kind: "number", above: 0, most: 1_000, unit: "m/s²" } },
  }),
  resonance: parameterFault({
    does: "vibration of the moving belt builds up, by 1 m/s² in `riseTime` seconds (absent: drawn, 100 to 200)",
    rules: { riseTime: { kind: "number", above: 0, most: 86_400, unit: "s" } },
  }),
  jam: parameterFault({
    does: "the belt stands still, and starts slowly when the jam is over",
  }),
};

/** A fault that is on. */
interface OnFault {
  readonly id: string;
  readonly kind: BeltFault;
  /** In m/s² for a broken wheel, in s for a resonance; a jam has none, so 0. */
  readonly severity: number;
}

/** Faults of the belt that the scenario has begun and not ended. What they do is the signal's affair. */
export class BeltFaults {
  readonly #random: Pick<RandomStream, "next">;
  #on: readonly OnFault[] = [];

  /** @param random the device's stream `fault`: a fault that does not say how bad it is takes one draw when it begins */
  constructor(random: Pick<RandomStream, "next">) {
    this.#random = random;
  }

  /** @returns whether the fault is one of the belt, and so is on now; `check` found its parameters good */
  begin({ id, kind, parameters }: ActiveFault): boolean {
    const known = BELT_FAULTS.find((each) => each === kind);
    if (known === undefined) return false;
    this.#on = [...this.#on, { id, kind: known, severity: this.#severityOf(known, parameters) }];
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
    return this.#on.findLast((fault) => fault.kind === kind)?.severity;
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
      };
    });
  }

  #severityOf(kind: BeltFault, { amplitude, riseTime }: JsonObject): number {
    switch (kind) {
      case "brokenWheel":
        return typeof amplitude === "number" ? amplitude : 1 + 6 * this.#random.next();
      case "resonance":
        return typeof riseTime === "number" ? riseTime : 100 + 100 * this.#random.next();
      case "jam":
        return 0;
    }
    return kind satisfies never;
  }
}
