import type { MetricDefinition } from "./metric-definition.ts";

/** What was added up since the start. */
export interface CounterReading {
  readonly unit: MetricDefinition["unit"];
  readonly total: number;
}

/** A number that only grows. */
export class Counter {
  readonly unit: MetricDefinition["unit"];
  #total = 0;

  constructor(unit: MetricDefinition["unit"]) {
    this.unit = unit;
  }

  get total(): number {
    return this.#total;
  }

  /** @param by 0 or more */
  add(by = 1): void {
    this.#total += by;
  }

  read(): CounterReading {
    return { unit: this.unit, total: this.#total };
  }
}
