import type { ActiveFault, Json } from "../../src/model/model.ts";
import { numberOf } from "./desired.ts";
import type { Draws } from "./noise.ts";
import { anyNumber, Saved } from "./saved.ts";
import type { SensorFault } from "./sensor-fault-kinds.ts";
import { SENSOR_FAULTS } from "./sensor-fault-kinds.ts";

const SPIKE_PROBABILITY = 0.1;
const DAY_S = 86_400;

/** A fault that is on. */
interface OnFault {
  readonly id: string;
  readonly kind: SensorFault;
  /** Undefined = every sensor. */
  readonly sensor: string | undefined;
  /** Of a drift, in the reading's unit a day; of a spike or bias, in the reading's unit. */
  readonly amount: number;
  readonly probability: number;
  /** Own time of the device since it began. */
  elapsedS: number;
  /** Whether this step is hit; decided once a step. */
  strikes: boolean;
  /** Readings at which sensors got stuck. */
  readonly held: Map<string, number>;
}

/**
 * The faults of a device's sensors that are on. They act on readings, never on what is measured, in the order in which
 * they began, and may leave a sensor's range: what comes of that is for whoever reads the messages.
 */
export class SensorFaults {
  readonly #sensors: readonly string[];
  readonly #random: Draws;
  #on: readonly OnFault[] = [];

  /**
   * @param sensors as for `sensorFaultKinds`
   * @param random the device's stream `fault`: what strikes by chance takes a draw a step while it is on
   */
  constructor(sensors: readonly string[], random: Draws) {
    this.#sensors = sensors;
    this.#random = random;
  }

  /** @returns whether the fault is one of sensors, and so is on now; `check` found its parameters good */
  begin({ id, kind, parameters }: ActiveFault): boolean {
    if (!isKind(kind)) return false;
    const { sensor, perDay, size, by, probability } = parameters;
    const fault: OnFault = {
      id,
      kind,
      sensor: typeof sensor === "string" ? sensor : undefined,
      amount: numberOf(perDay ?? size ?? by) ?? 0,
      probability: numberOf(probability) ?? (kind === "sensorSpike" ? SPIKE_PROBABILITY : 1),
      elapsedS: 0,
      strikes: false,
      held: new Map(),
    };
    this.#on = [...this.#on, fault];
    return true;
  }

  /** @returns whether the fault was one of these */
  end(id: string): boolean {
    const before = this.#on.length;
    this.#on = this.#on.filter((fault) => fault.id !== id);
    return this.#on.length < before;
  }

  /** Once a step, before its readings. @param dtS seconds of the device's own time */
  step(dtS: number): void {
    for (const fault of this.#on) {
      fault.elapsedS += dtS;
      if (fault.kind === "sensorSpike" || fault.kind === "sensorDropout") {
        fault.strikes = this.#random.next() < fault.probability;
      }
    }
  }

  /** Whether the messages of this step are not sent. */
  get silent(): boolean {
    return this.#on.some(({ kind, strikes }) => kind === "sensorDropout" && strikes);
  }

  /** What the sensor of that name shows in place of `reading`, in its unit; once a step for each sensor. */
  read(sensor: string, reading: number): number {
    let shown = reading;
    for (const fault of this.#on) {
      if (fault.sensor === undefined || fault.sensor === sensor) {
        shown = disturbed(fault, sensor, shown);
      }
    }
    return shown;
  }

  snapshot(): Json {
    return this.#on.map(({ id, kind, sensor, amount, probability, elapsedS, held }) => ({
      id,
      kind,
      ...(sensor === undefined ? {} : { sensor }),
      amount,
      probability,
      elapsedS,
      held: Object.fromEntries([...held].map(([name, shown]) => [name, anyNumber(shown)])),
    }));
  }

  /**
   * Takes up what `snapshot` gave, as a list of the device's snapshot.
   *
   * @param owner name of the model, for errors
   * @throws {TypeError} naming the member that is not what was saved
   */
  restore(list: readonly Json[], owner: string): void {
    this.#on = list.map((state) => this.#restored(new Saved(state, owner, "sensorFaults")));
  }

  #restored(saved: Saved): OnFault {
    const held = saved.part("held");
    return {
      id: saved.text("id"),
      kind: saved.choice("kind", SENSOR_FAULTS),
      sensor: saved.has("sensor") ? saved.choice("sensor", this.#sensors) : undefined,
      amount: saved.number("amount"),
      probability: saved.number("probability"),
      elapsedS: saved.number("elapsedS"),
      strikes: false,
      held: new Map(
        this.#sensors
          .filter((sensor) => held.has(sensor))
          .map((sensor) => [sensor, held.anyNumber(sensor)]),
      ),
    };
  }
}

function disturbed(fault: OnFault, sensor: string, reading: number): number {
  switch (fault.kind) {
    case "sensorStuck": {
      const held = fault.held.get(sensor) ?? reading;
      fault.held.set(sensor, held);
      return held;
    }
    case "sensorDrift":
      return reading + (fault.amount * fault.elapsedS) / DAY_S;
    case "sensorSpike":
      return fault.strikes ? reading + fault.amount : reading;
    case "sensorBias":
      return reading + fault.amount;
    case "sensorDropout":
      return reading;
  }
  return fault.kind satisfies never;
}

function isKind(kind: string): kind is SensorFault {
  return SENSOR_FAULTS.some((known) => known === kind);
}
