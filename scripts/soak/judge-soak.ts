import type { Held } from "./held.ts";
import type { Limit } from "./soak-options.ts";
import type { Slope } from "./theil-sen.ts";
import { theilSen } from "./theil-sen.ts";

/** What one process held at one look, with the fleet whole. */
export interface Seen {
  /** ms after time 0. */
  readonly atMs: number;
  /** Reconnects until then, of all of the fleet. */
  readonly reconnects: number;
  readonly held: Held;
}

/** What was seen of one process after the warm-up. */
export interface ProcessSeries {
  /** `worker 0`, `emulator`, `supervisor`. */
  readonly name: string;
  /** Devices that it works for. */
  readonly devices: number;
  /** Its part of the fleet, above 0 and up to 1. */
  readonly share: number;
  readonly seen: readonly Seen[];
}

/** A count that is higher than it was. */
export interface GrownCount {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** `grows`: more than allowed; `unsure`: the looks do not tell. */
export type Growth = "holds" | "unsure" | "grows";

export interface ProcessVerdict {
  readonly name: string;
  readonly devices: number;
  readonly looks: number;
  /** Heap and external memory, bytes for each device and hour, or for each reconnect, as the limit is. */
  readonly slope: Slope;
  readonly growth: Growth;
  /** Of heap and external memory; at the first look, and at the last. */
  readonly firstBytes: number;
  readonly lastBytes: number;
  readonly firstRssBytes: number;
  readonly lastRssBytes: number;
  /** undefined where one of both ends was not counted. */
  readonly grown: readonly GrownCount[] | undefined;
}

/** Of a process that left after its first look. */
const UNKNOWN: Slope = { slope: 0, low: -Infinity, high: Infinity };

const HOUR_MS = 3_600_000;

/**
 * Judges one process: the whole interval of its slope must lie below what is allowed, so that neither a lucky series
 * passes nor an unlucky one is called a leak, and no count may be higher at the end. What is under way at a
 * look only adds to a count, so the least of the counted looks at each end is taken.
 */
export function judgeProcess(series: ProcessSeries, limit: Limit): ProcessVerdict {
  const { name, devices, share, seen } = series;
  const at = ({ atMs, reconnects }: Seen): number =>
    limit.per === "reconnect" ? reconnects * share : (atMs / HOUR_MS) * devices;
  const points = seen.map((one) => ({ at: at(one), value: bytesOf(one.held) }));
  const isSeries = points.some((point) => point.at !== points[0]?.at);
  const slope = isSeries ? theilSen(points) : UNKNOWN;
  const first = seen[0]?.held;
  const last = seen.at(-1)?.held;
  if (first === undefined || last === undefined) throw new RangeError("expected looks");
  // They lie at both ends.
  const middleMs = ((seen[0]?.atMs ?? 0) + (seen.at(-1)?.atMs ?? 0)) / 2;
  const countsIf = (isThere: (one: Seen) => boolean): Counts | undefined =>
    leastOf(
      seen
        .filter(isThere)
        .flatMap(({ held: { counts } }) => (counts === undefined ? [] : [counts])),
    );
  const before = countsIf(({ atMs }) => atMs < middleMs);
  const after = countsIf(({ atMs }) => atMs > middleMs);
  return {
    name,
    devices,
    looks: seen.length,
    slope,
    growth: growthOf(slope, limit.bytes),
    firstBytes: bytesOf(first),
    lastBytes: bytesOf(last),
    firstRssBytes: first.rssBytes,
    lastRssBytes: last.rssBytes,
    grown: before && after && grownCounts(before, after),
  };
}

const bytesOf = ({ heapBytes, externalBytes }: Held): number => heapBytes + externalBytes;

function growthOf({ low, high }: Slope, limitBytes: number): Growth {
  if (high < limitBytes) return "holds";
  return low > limitBytes ? "grows" : "unsure";
}

type Counts = Readonly<Record<string, number>>;

/** A resumed TLS session may bring no ticket: its socket waits for one as long as it lives, and no longer. */
const CHANGES_BY_ITSELF = "listeners TLSSocket session";

/** Of each count the least; one that is absent somewhere is 0. */
function leastOf(all: readonly Counts[]): Counts | undefined {
  if (all.length === 0) return undefined;
  const names = new Set(all.flatMap((counts) => Object.keys(counts)));
  names.delete(CHANGES_BY_ITSELF);
  return Object.fromEntries(
    [...names].map((name) => [name, Math.min(...all.map((counts) => counts[name] ?? 0))]),
  );
}

/** The counts that are higher afterwards, by name. */
export function grownCounts(before: Counts, after: Counts): readonly GrownCount[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .map((name) => ({ name, before: before[name] ?? 0, after: after[name] ?? 0 }))
    .filter((count) => count.after > count.before)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
