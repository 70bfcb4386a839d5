import type { Parameters } from "./parameters.ts";
import { saturationDensity } from "./water-vapour.ts";

/** What acts on the air; constant over the time that it is advanced by. */
export interface Drive {
  readonly rockC: number;
  /** How much faster than through its walls alone the cave trades heat and vapour with the rock; an open door: 10. */
  readonly exchange: number;
  /** Setpoints that the conditioner works towards, with its rates; 0 = it does not run. */
  readonly setTemperatureC: number;
  readonly setHumidityPct: number;
  readonly conditionerPerS: number;
  readonly humidifierPerS: number;
}

/** Water that came into a cubic metre of air since the start, g/m³; negative = it went. Their sum is the change of the air's vapour. */
export interface VapourBalance {
  wall: number;
  /** What the cheese lost. */
  cheese: number;
  device: number;
  /** What became dew, never negative; it leaves the air. */
  condensate: number;
}

/**
 * The air of a cave: temperature and water vapour, each drawn exponentially to where rock, cheese and conditioner
 * would bring it. Exact in temperature; exact in vapour for a temperature that rests at its value of mid-step, so
 * that steps should be short against the conditioner's time constant.
 */
export class Air {
  readonly #parameters: Parameters;
  readonly balance: VapourBalance = { wall: 0, cheese: 0, device: 0, condensate: 0 };
  temperatureC: number;
  /** g/m³, at most the saturation density. */
  vapour: number;
  #steps: Coefficients | undefined;

  /** In balance with rock of that temperature, without conditioner. */
  constructor(parameters: Parameters, rockC: number) {
    const { ripeningHeatK, wallVapourS, wallWaterActivity } = parameters;
    const { cheeseEvaporationPerS: cheesePerS, rindWaterActivity } = parameters;
    this.#parameters = parameters;
    this.temperatureC = rockC + ripeningHeatK;
    const saturation = saturationDensity(this.temperatureC);
    const gain =
      (wallWaterActivity * saturationDensity(rockC)) / wallVapourS +
      cheesePerS * rindWaterActivity * saturation;
    this.vapour = Math.min(saturation, gain / (1 / wallVapourS + cheesePerS));
  }

  /** Relative humidity in percent, in (0, 100]. */
  get humidityPct(): number {
    return (100 * this.vapour) / saturationDensity(this.temperatureC);
  }

  /** Advances by `dtS` seconds, > 0. */
  advance(dtS: number, drive: Drive): void {
    const { ripeningHeatK, wallWaterActivity, rindWaterActivity } = this.#parameters;
    const step = this.#coefficients(dtS, drive);
    const { rockPerS, wallPerS, cheesePerS, vapourPerS } = step;
    const { conditionerPerS, humidifierPerS } = drive;

    const restC =
      ((drive.rockC + ripeningHeatK) * rockPerS + drive.setTemperatureC * conditionerPerS) /
      (rockPerS + conditionerPerS);
    const away = this.temperatureC - restC;
    const middle = saturationDensity(restC + away * step.heatHalf);
    this.temperatureC = restC + away * step.heat;

    const atWall = wallWaterActivity * saturationDensity(drive.rockC);
    const atRind = rindWaterActivity * middle;
    const atDevice = (drive.setHumidityPct / 100) * middle;
    const rest = (wallPerS * atWall + cheesePerS * atRind + humidifierPerS * atDevice) / vapourPerS;
    const excess = this.vapour - rest;
    // The exact integral of the exponential, so that the balance closes whatever the step.
    const integral = rest * dtS + excess * step.vapourIntegralS;
    this.vapour = rest + excess * step.vapour;

    const { balance } = this;
    balance.wall += wallPerS * (atWall * dtS - integral);
    balance.cheese += cheesePerS * (atRind * dtS - integral);
    balance.device += humidifierPerS * (atDevice * dtS - integral);
    const saturation = saturationDensity(this.temperatureC);
    if (this.vapour > saturation) {
      balance.condensate += this.vapour - saturation;
      this.vapour = saturation;
    }
  }

  /** Exponentials are what a step costs; they are the same while neither its length nor what drives it changes. */
  #coefficients(dtS: number, drive: Drive): Coefficients {
    const last = this.#steps;
    if (
      last !== undefined &&
      last.dtS === dtS &&
      last.exchange === drive.exchange &&
      last.conditionerPerS === drive.conditionerPerS &&
      last.humidifierPerS === drive.humidifierPerS
    ) {
      return last;
    }
    this.#steps = coefficientsOf(this.#parameters, dtS, drive);
    return this.#steps;
  }
}

interface Coefficients extends Pick<Drive, "exchange" | "conditionerPerS" | "humidifierPerS"> {
  readonly dtS: number;
  readonly rockPerS: number;
  readonly wallPerS: number;
  readonly cheesePerS: number;
  readonly vapourPerS: number;
  /** What is left of a deviation after the step, and after half of it. */
  readonly heat: number;
  readonly heatHalf: number;
  readonly vapour: number;
  /** Integral of a deviation of 1 over the step. */
  readonly vapourIntegralS: number;
}

function coefficientsOf(
  { rockS, wallVapourS, cheeseEvaporationPerS }: Parameters,
  dtS: number,
  { exchange, conditionerPerS, humidifierPerS }: Drive,
): Coefficients {
  const rockPerS = exchange / rockS;
  const wallPerS = exchange / wallVapourS;
  const heatPerS = rockPerS + conditionerPerS;
  const vapourPerS = wallPerS + cheeseEvaporationPerS + humidifierPerS;
  return {
    dtS,
    exchange,
    conditionerPerS,
    humidifierPerS,
    rockPerS,
    wallPerS,
    cheesePerS: cheeseEvaporationPerS,
    vapourPerS,
    heat: Math.exp(-heatPerS * dtS),
    heatHalf: Math.exp((-heatPerS * dtS) / 2),
    vapour: Math.exp(-vapourPerS * dtS),
    vapourIntegralS: -Math.expm1(-vapourPerS * dtS) / vapourPerS,
  };
}
