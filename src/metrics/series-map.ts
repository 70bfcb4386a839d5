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

  get(key: string): Value | undefined {
    return this.#series.get(key)?.value;
  }

  set(key: string, value: Value): void {
    const known = this.#series.get(key);
    if (known === undefined) this.#series.set(key, { ...parseMetricKey(key), value });
    else known.value = value;
  }

  /** The series of `name` that carry all of `labels`. */
  select(name: string, labels: Labels = {}): readonly Labelled<Value>[] {
    return [...this.#series.values()].filter(
      (series) =>
        series.name === name &&
        Object.entries(labels).every(([label, value]) => series.labels[label] === value),
    );
  }

  *entries(): Generator<[key: string, value: Value]> {
    for (const [key, { value }] of this.#series) yield [key, value];
  }
}
