import { metricKey, parseMetricKey } from "../../metrics/metric-key.ts";
import type { ProcessHealth } from "../../metrics/generator/process-health.ts";
import { SecondNews } from "../../metrics/second-counts.ts";
import type { Of } from "./part.ts";

/** Where the whole has what a part tells. */
export interface PlaceInWhole {
  /** From the time 0 of all to the part's own, in ms. */
  readonly shiftMs: number;
  /** The number that the part's worker 0 gets. */
  readonly firstWorker: number;
}

/** A part's snapshot with the times and the numbers of workers that it has in the whole. */
export function snapshotInWhole(
  snapshot: Of<"snapshot">,
  { shiftMs, firstWorker }: PlaceInWhole,
): Of<"snapshot"> {
  const { t, counters, histograms, perSecond, generator } = snapshot;
  const seconds = new SecondNews();
  // Whole seconds stay whole: parts that begin together are less than half a second apart.
  seconds.merge(perSecond ?? {}, Math.round(shiftMs / 1_000));
  const shifted = seconds.take();
  const moved = <Health extends ProcessHealth>(health: Health): Health => ({
    ...health,
    stalls: health.stalls.map((stall) => ({ ...stall, t: stall.t + shiftMs })),
  });
  return {
    ...snapshot,
    t: t + shiftMs,
    counters: withKeys(counters, firstWorker),
    histograms: withKeys(histograms, firstWorker),
    ...(shifted === undefined ? {} : { perSecond: shifted }),
    ...(generator === undefined
      ? {}
      : {
          generator: {
            ...generator,
            supervisor: moved(generator.supervisor),
            workers: generator.workers.map((sample) => ({
              ...("silentMs" in sample ? sample : moved(sample)),
              worker: sample.worker + firstWorker,
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
