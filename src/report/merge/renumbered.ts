import { metricKey, parseMetricKey } from "../../metrics/metric-key.ts";
import type { Of } from "./part.ts";

/** A part's snapshot with the numbers that its workers have in the whole, `first` and up. */
export function renumbered(snapshot: Of<"snapshot">, first: number): Of<"snapshot"> {
  const { counters, histograms, generator } = snapshot;
  return {
    ...snapshot,
    counters: withKeys(counters, first),
    histograms: withKeys(histograms, first),
    ...(generator === undefined
      ? {}
      : {
          generator: {
            ...generator,
            workers: generator.workers.map((sample) => ({
              ...sample,
              worker: sample.worker + first,
            })),
          },
        }),
  };
}

/** Series of a worker carry its number as a label; those of the run itself have a word there. */
const withKeys = <Value>(
  series: Readonly<Record<string, Value>>,
  first: number,
): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(series).map(([key, value]) => {
      const { name, labels } = parseMetricKey(key);
      const { worker } = labels;
      if (worker === undefined || !/^\d+$/.test(worker)) return [key, value];
      return [metricKey(name, { ...labels, worker: String(Number(worker) + first) }), value];
    }),
  );
