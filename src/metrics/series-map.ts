import type { Labels } from "./metric-key.ts";
import { parseMetricKey } from "./metric-key.ts";

/** A part of a metric with the labels that tell it from the others. */
export interface Labelled<Value> {
  readonly labels: Labels;
  readonly value: Value;
}

interface Series<Value> {
  readonly name: string;
  readonly labels: Labels;
  value: Value;
}

/** Values by metric key, found by name and labels without parsing a key twice. */
export class SeriesMap<Value> {
  readonly #series = new Map<string, Series<Value>>();
  readonly #byName = new Map<string, Series<Value>[]>();

  get(key: string): Value | undefined {
    return this.#series.get(key)?.value;
  }

  set(key: string, value: Value): void {
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.value = value;
      return;
    }
    const series = { ...parseMetricKey(key), value };
    this.#series.set(key, series);
    const same = this.#byName.get(series.name);
    if (same === undefined) this.#byName.set(series.name, [series]);
    else same.push(series);
  }

  /** The series of `name` that carry all of `labels`. */
  select(name: string, labels: Labels = {}): readonly Labelled<Value>[] {
    const wanted = Object.entries(labels);
    return (this.#byName.get(name) ?? []).filter((series) =>
      wanted.every(([label, value]) => series.labels[label] === value),
    );
  }

  *entries(): Generator<[key: string, value: Value]> {
    for (const [key, { value }] of this.#series) yield [key, value];
  }
}
