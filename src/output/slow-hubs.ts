import type { Percentiles } from "../metrics/percentiles.ts";
import type { HubSummary, Summary } from "./summary.ts";
import { formatMs } from "./format-ms.ts";

/** Fewer values than these say nothing of a hub. */
const VALUES_MIN = 5;
/** A hub is slow where its 95th percentile is so many times that of the others… */
const TIMES_SLOWER = 3;
/** …and by so many ms more: small numbers differ by chance. */
const MS_SLOWER = 100;

/** One thing that takes much longer at one hub than at the others. */
export interface SlowHub {
  readonly hub: string;
  readonly what: "connections" | "telemetry";
  /** ms. */
  readonly p95: number;
  /** The median of the other hubs' 95th percentiles, ms. */
  readonly othersP95: number;
}

const MEASURED: readonly (readonly [SlowHub["what"], (hub: HubSummary) => Percentiles])[] = [
  ["connections", ({ connection }) => connection],
  ["telemetry", ({ telemetry }) => telemetry],
];

/** Hubs that stand out among the hubs of a run; a single hub has none to be compared with. */
export function slowHubs({ hubs }: Pick<Summary, "hubs">): readonly SlowHub[] {
  return MEASURED.flatMap(([what, percentilesOf]) => {
    const all = Object.entries(hubs).flatMap(([hub, of]) => {
      const { count, p95 } = percentilesOf(of);
      return p95 === null || count < VALUES_MIN ? [] : [{ hub, p95 }];
    });
    return all.flatMap(({ hub, p95 }): SlowHub[] => {
      const othersP95 = median(all.filter((other) => other.hub !== hub).map((other) => other.p95));
      if (othersP95 === undefined) return [];
      const isSlow = p95 >= TIMES_SLOWER * othersP95 && p95 - othersP95 >= MS_SLOWER;
      return isSlow ? [{ hub, what, p95, othersP95 }] : [];
    });
  });
}

/** `hub b.azure-devices.net is slow: telemetry p95 812.0 ms, at the other hubs 9.10 ms`. */
export const slowHubText = ({ hub, what, p95, othersP95 }: SlowHub): string =>
  `hub ${hub} is slow: ${what} p95 ${formatMs(p95)}, at the other hubs ${formatMs(othersP95)}`;

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
