import type { MetricDefinition } from "./metric-definition.ts";

/** What was measured since the start, a value for each occurrence; null where nothing occurred. */
export interface MeasureReading {
  readonly unit: MetricDefinition["unit"];
  readonly count: number;
  readonly total: number;
  readonly average: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** Values that are measured: how many, their sum, the least and the largest. */
export class Measure {
  readonly unit: MetricDefinition["unit"];
  #count = 0;
  #total = 0;
  #minimum = Infinity;
  #maximum = -Infinity;

  constructor(unit: MetricDefinition["unit"]) {
    this.unit = unit;
  }

  get count(): number {
    return this.#count;
  }

  note(value: number): void {
    this.#count += 1;
    this.#total += value;
    if (value < this.#minimum) this.#minimum = value;
    if (value > this.#maximum) this.#maximum = value;
  }

  /** Notes all that another one has noted. */
  take(other: Measure): void {
    this.#count += other.#count;
    this.#total += other.#total;
    this.#minimum = Math.min(this.#minimum, other.#minimum);
    this.#maximum = Math.max(this.#maximum, other.#maximum);
  }

  read(): MeasureReading {
    const { unit } = this;
    const [count, total] = [this.#count, this.#total];
    if (count === 0) return { unit, count, total, average: null, minimum: null, maximum: null };
    const [minimum, maximum] = [this.#minimum, this.#maximum];
    return { unit, count, total, average: total / count, minimum, maximum };
  }
}
