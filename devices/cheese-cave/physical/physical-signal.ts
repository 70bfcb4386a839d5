import type { JsonObject, RandomStream } from "../../../src/model/model.ts";
import { OrnsteinUhlenbeck, whiteNoise } from "../../shared/noise.ts";
import type { Saved } from "../../shared/saved.ts";
import { celsiusOf, fahrenheitOf } from "../../shared/units.ts";
import type { Disturbances } from "../cave-faults.ts";
import type { Cave } from "../cave.ts";
import type { Place } from "../place.ts";
import type { Signal, SignalContext } from "../signal.ts";
import type { Drive } from "./air.ts";
import { Air } from "./air.ts";
import type { Parameters } from "./parameters.ts";
import { parametersOf } from "./parameters.ts";
import { rockTemperatureC } from "./rock.ts";

/** What the conditioner can work towards: a wish beyond it is met as far as that. The formulas of water vapour hold here. */
const COLDEST_C = -40;
const HOTTEST_C = 60;
/** The vapour's equation takes the temperature for constant over a step: short ones, against the conditioner. */
const STEPS_A_TIME_CONSTANT = 20;

type Streams = Readonly<Record<"process" | "sensor" | "fan", RandomStream>>;

/** Air by the balance of heat and water vapour between rock, cheese and conditioner; it goes by time, not by ticks. */
export class PhysicalSignal implements Signal {
  readonly #cave: Cave;
  readonly #place: Place;
  readonly #disturbances: Disturbances;
  readonly #parameters: Parameters;
  readonly #air: Air;
  readonly #temperatureNoise: OrnsteinUhlenbeck;
  readonly #humidityNoise: OrnsteinUhlenbeck;
  /** A new draw in one never shifts another. */
  readonly #random: Streams;
  readonly #drive: { -readonly [Name in keyof Drive]: Drive[Name] };
  /** Own time of the device. */
  #timeS = 0;
  #temperatureC: number;
  #humidityPct: number;

  constructor(context: SignalContext) {
    const { cave, place, disturbances, settings } = context;
    this.#cave = cave;
    this.#place = place;
    this.#disturbances = disturbances;
    this.#parameters = parametersOf(settings, place);
    const { temperatureNoise, humidityNoise } = this.#parameters;
    const rockC = rockTemperatureC(this.#parameters, 0);
    this.#air = new Air(this.#parameters, rockC);
    this.#temperatureC = this.#air.temperatureC;
    this.#humidityPct = this.#air.humidityPct;
    this.#drive = {
      rockC,
      exchange: 1,
      setTemperatureC: 0,
      setHumidityPct: 0,
      conditionerPerS: 0,
      humidifierPerS: 0,
    };
    this.#temperatureNoise = new OrnsteinUhlenbeck(temperatureNoise.sigmaK, temperatureNoise.tauS);
    this.#humidityNoise = new OrnsteinUhlenbeck(humidityNoise.sigmaPct, humidityNoise.tauS);
    // The cave was there before the device was switched on.
    const init = context.random("init");
    this.#temperatureNoise.begin(init);
    this.#humidityNoise.begin(init);
    this.#random = {
      process: context.random("process"),
      sensor: context.random("sensor"),
      fan: context.random("fan"),
    };
  }

  get temperature(): number {
    return this.#place.unit === "°F" ? fahrenheitOf(this.#temperatureC) : this.#temperatureC;
  }

  get humidity(): number {
    return this.#humidityPct;
  }

  advance(dtS: number): void {
    this.#advanceAir(dtS);
    this.#measure(dtS);
    this.#wearFan(dtS);
  }

  snapshot(): JsonObject {
    const { temperatureC, vapour, balance } = this.#air;
    return {
      timeS: this.#timeS,
      temperatureC: this.#temperatureC,
      humidityPct: this.#humidityPct,
      air: { temperatureC, vapour },
      balance: { ...balance },
      noise: {
        temperature: this.#temperatureNoise.value,
        humidity: this.#humidityNoise.value,
      },
      process: this.#random.process.save(),
      sensor: this.#random.sensor.save(),
      fan: this.#random.fan.save(),
    };
  }

  restore(saved: Saved): void {
    this.#timeS = saved.number("timeS");
    this.#temperatureC = saved.number("temperatureC");
    this.#humidityPct = saved.number("humidityPct");
    const air = saved.part("air");
    this.#air.temperatureC = air.number("temperatureC");
    this.#air.vapour = air.number("vapour");
    const balance = saved.part("balance");
    this.#air.balance.wall = balance.number("wall");
    this.#air.balance.cheese = balance.number("cheese");
    this.#air.balance.device = balance.number("device");
    this.#air.balance.condensate = balance.number("condensate");
    const noise = saved.part("noise");
    this.#temperatureNoise.value = noise.number("temperature");
    this.#humidityNoise.value = noise.number("humidity");
    this.#random.process.load(saved.numbers("process"));
    this.#random.sensor.load(saved.numbers("sensor"));
    this.#random.fan.load(saved.numbers("fan"));
  }

  #advanceAir(dtS: number): void {
    this.#aim();
    const longestS = this.#parameters.conditionerS / STEPS_A_TIME_CONSTANT;
    const count = Math.ceil(dtS / longestS);
    const stepS = dtS / count;
    for (let step = 0; step < count; step += 1) {
      this.#drive.rockC = rockTemperatureC(this.#parameters, this.#timeS + stepS / 2);
      this.#air.advance(stepS, this.#drive);
      this.#timeS += stepS;
    }
  }

  /** What the fan works towards, and how hard; not at all where a sample's twin made the setpoint NaN. */
  #aim(): void {
    const { desiredTemperature, desiredHumidity, fan } = this.#cave;
    const { exchange, fanSlowness, coilIced, humidifierDry } = this.#disturbances;
    const { conditionerS, humidifierS } = this.#parameters;
    const wishC = this.#place.unit === "°F" ? celsiusOf(desiredTemperature) : desiredTemperature;
    const heats = fan === "on" && !coilIced && !Number.isNaN(wishC);
    const moistens = fan === "on" && !humidifierDry && !Number.isNaN(desiredHumidity);
    this.#drive.exchange = exchange;
    this.#drive.setTemperatureC = heats ? Math.min(HOTTEST_C, Math.max(COLDEST_C, wishC)) : 0;
    this.#drive.setHumidityPct = moistens ? Math.min(100, Math.max(0, desiredHumidity)) : 0;
    this.#drive.conditionerPerS = heats ? 1 / (conditionerS * fanSlowness) : 0;
    this.#drive.humidifierPerS = moistens ? 1 / (humidifierS * fanSlowness) : 0;
  }

  /** Noise is of the reading alone and never comes back into the air. */
  #measure(dtS: number): void {
    const { process, sensor } = this.#random;
    const { sensorNoise } = this.#parameters;
    this.#temperatureC =
      this.#air.temperatureC +
      this.#temperatureNoise.step(dtS, process) +
      whiteNoise(sensorNoise.temperatureK, sensor);
    const humidity =
      this.#air.humidityPct +
      this.#humidityNoise.step(dtS, process) +
      whiteNoise(sensorNoise.humidityPct, sensor);
    this.#humidityPct = Math.min(100, Math.max(0, humidity));
  }

  /** Of its rate, so that the length of a step does not change how long a fan lives. */
  #wearFan(dtS: number): void {
    if (this.#cave.fan !== "on") return;
    const breaks = -Math.expm1(-dtS / this.#parameters.fanLifeS);
    if (this.#random.fan.next() < breaks) this.#cave.fan = "failed";
  }
}
