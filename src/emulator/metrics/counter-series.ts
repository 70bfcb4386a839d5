import type { CounterReading } from "./counter.ts";
import { Counter } from "./counter.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import type { Parted } from "./readings.ts";

type Values<D extends string> = Readonly<Record<D, string>>;

/** Counters for the values that the dimensions of a metric have; there must be few. */
export class CounterSeries<D extends string> {
  readonly #unit: MetricDefinition["unit"];
  readonly #dimensions: readonly D[];
  readonly #parts = new Map<
    string,
    { readonly dimensions: Values<D>; readonly counter: Counter }
  >();

  constructor(definition: {
    readonly unit: MetricDefinition["unit"];
    readonly dimensions: readonly D[];
  }) {
    this.#unit = definition.unit;
    this.#dimensions = definition.dimensions;
  }

  /** The counter of these values. */
  of(dimensions: Values<D>): Counter {
    const key = JSON.stringify(this.#dimensions.map((name) => dimensions[name]));
    const known = this.#parts.get(key);
    if (known !== undefined) return known.counter;
    const counter = new Counter(this.#unit);
    this.#parts.set(key, { dimensions, counter });
    return counter;
  }

  read(): Parted<CounterReading, D> {
    const series = [...this.#parts.values()].map(({ dimensions, counter }) => ({
      dimensions,
      ...counter.read(),
    }));
    const total = series.reduce((sum, part) => sum + part.total, 0);
    return { unit: this.#unit, total, series };
  }
}
