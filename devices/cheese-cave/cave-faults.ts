import type { ActiveFault, JsonObject, ModelFault, RandomStream } from "../../src/model/model.ts";
import { parameterFault } from "../shared/parameter-fault.ts";
import { Saved } from "../shared/saved.ts";
import { sensorFaultKinds } from "../shared/sensor-fault-kinds.ts";
import { SensorFaults } from "../shared/sensor-faults.ts";
import type { Cave, FanState } from "./cave.ts";
import { FAN_STATES } from "./cave.ts";

/** What faults do to the air of a cave. */
export interface Disturbances {
  /** How much faster than usual the cave trades heat and vapour with the rock; 1 = as usual. */
  readonly exchange: number;
  /** How much slower than usual the running fan conditions; 1 = as usual. */
  readonly fanSlowness: number;
  readonly coilIced: boolean;
  readonly humidifierDry: boolean;
}

/** Kinds that act on the air, which only the `physical` signal has; the classic walk knows no door and no coil. */
const AIR_KINDS = ["doorOpen", "weakFan", "humidifierDry", "coilIced"] as const;
const SENSORS = ["temperature", "humidity"] as const;
const KINDS = ["fanFailure", ...AIR_KINDS] as const;
type Kind = (typeof KINDS)[number];

const DOOR_FACTOR = 10;
const WEAK_FAN_FACTOR = 5;
const FACTOR = { kind: "number", least: 1, most: 1_000 } as const;

/** What can go wrong in a cave. */
export const CAVE_FAULTS: Readonly<Record<string, ModelFault>> = {
  fanFailure: parameterFault({
    does: "the fan breaks and cannot be started; afterwards it does what it did before",
  }),
  doorOpen: parameterFault({
    does: "heat and vapour come in `factor` (10) times as fast; physical signal only",
    rules: { factor: FACTOR },
  }),
  weakFan: parameterFault({
    does: "the fan conditions `factor` (5) times as slowly; physical signal only",
    rules: { factor: FACTOR },
  }),
  humidifierDry: parameterFault({
    does: "the fan works on the temperature alone; physical signal only",
  }),
  coilIced: parameterFault({ does: "the fan works on the humidity alone; physical signal only" }),
  ...sensorFaultKinds(SENSORS),
};

/** Whether a kind of fault has no effect in the classic signal. */
export function isOfAir(kind: string): boolean {
  return AIR_KINDS.some((known) => known === kind);
}

interface OnFault {
  readonly id: string;
  readonly kind: Kind;
  readonly factor: number;
}

/** The faults of a cave that are on. */
export class CaveFaults implements Disturbances {
  readonly #cave: Cave;
  readonly #sensors: SensorFaults;
  readonly #random: RandomStream;
  #on: readonly OnFault[] = [];
  /** What the fan did when its first failure of those that are on began. */
  #fanBefore: FanState | undefined;
  exchange = 1;
  fanSlowness = 1;
  coilIced = false;
  humidifierDry = false;

  /** @param random the device's stream `fault` */
  constructor(cave: Cave, random: RandomStream) {
    this.#cave = cave;
    this.#random = random;
    this.#sensors = new SensorFaults(SENSORS, random);
  }

  begin(fault: ActiveFault): void {
    if (this.#sensors.begin(fault)) return;
    const kind = KINDS.find((known) => known === fault.kind);
    if (kind === undefined) return;
    const { factor } = fault.parameters;
    const byDefault = kind === "doorOpen" ? DOOR_FACTOR : WEAK_FAN_FACTOR;
    const on: OnFault = {
      id: fault.id,
      kind,
      factor: typeof factor === "number" ? factor : byDefault,
    };
    this.#change([...this.#on, on]);
    if (kind === "fanFailure") {
      this.#fanBefore ??= this.#cave.fan;
      this.#cave.fan = "failed";
    }
  }

  end(id: string): void {
    if (this.#sensors.end(id)) return;
    this.#change(this.#on.filter((fault) => fault.id !== id));
    if (this.#fanBefore === undefined || this.#has("fanFailure")) return;
    // Somebody may have repaired it before.
    if (this.#cave.fan === "failed") this.#cave.fan = this.#fanBefore;
    this.#fanBefore = undefined;
  }

  /** Once a step, before the sensors are read. @param dtS seconds of the device's own time */
  step(dtS: number): void {
    this.#sensors.step(dtS);
  }

  /** Whether the message of this step is not sent. */
  get silent(): boolean {
    return this.#sensors.silent;
  }

  /** What the sensor shows in place of `reading`, in its unit. */
  read(sensor: (typeof SENSORS)[number], reading: number): number {
    return this.#sensors.read(sensor, reading);
  }

  snapshot(): JsonObject {
    return {
      on: this.#on.map(({ id, kind, factor }) => ({ id, kind, factor })),
      fanBefore: this.#fanBefore ?? "",
      sensors: this.#sensors.snapshot(),
      random: this.#random.save(),
    };
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved, owner: string): void {
    this.#change(
      saved.list("on").map((state) => {
        const fault = new Saved(state, owner, "faults.on");
        return {
          id: fault.text("id"),
          kind: fault.choice("kind", KINDS),
          factor: fault.number("factor"),
        };
      }),
    );
    const before = saved.choice("fanBefore", ["", ...FAN_STATES]);
    this.#fanBefore = before === "" ? undefined : before;
    this.#sensors.restore(saved.list("sensors"), owner);
    this.#random.load(saved.numbers("random"));
  }

  #change(on: readonly OnFault[]): void {
    this.#on = on;
    this.exchange = this.#strongest("doorOpen");
    this.fanSlowness = this.#strongest("weakFan");
    this.coilIced = this.#has("coilIced");
    this.humidifierDry = this.#has("humidifierDry");
  }

  #has(kind: Kind): boolean {
    return this.#on.some((fault) => fault.kind === kind);
  }

  /** Of faults of one kind that are on together, the strongest counts. */
  #strongest(kind: Kind): number {
    return this.#on.reduce(
      (most, fault) => (fault.kind === kind ? Math.max(most, fault.factor) : most),
      1,
    );
  }
}
